#!/bin/bash
# The steps of site.yml as one would type them, for the bench: what does Ansible cost on top?
# by_hand.sh up|down NAME HTTP_PORT API_PORT BUNDLE CHECKOUT IMAGE MANIFESTS
set -euo pipefail
action=$1 name=$2 http_port=$3 api_port=$4 bundle=$5 checkout=$6 image=$7 manifests=$8
rootfs_image=$name-rootfs:1
platform=linux-$(dpkg --print-architecture)

node() { docker exec -i "$name" "$@"; }

create_node() {
  docker import --change 'ENV container=docker' "$bundle/node/rootfs.tar" "$rootfs_image" > /dev/null
  docker create --name "$name" --hostname "$name" --tty --stop-signal SIGRTMIN+3 --cgroupns private \
    --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add SYS_PTRACE \
    --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
    --tmpfs /run:mode=755 --volume "$name-var-lib:/var/lib" --volume "$bundle:/opt/lab/bundle:ro" \
    --publish "127.0.0.1:$http_port:80" --publish "127.0.0.1:$api_port:6443" \
    "$rootfs_image" /usr/local/sbin/start-node > /dev/null
  tar --create --mode 0755 --transform 's,.*,start-node,' --directory "$checkout/roles/docker_node/files" start-node.sh \
    | docker cp - "$name:/usr/local/sbin"
  docker start "$name" > /dev/null
  until node systemctl is-system-running 2> /dev/null | grep --quiet --extended-regexp 'running|degraded'; do sleep 0.2; done
}

install_docker() {
  node sh << 'END' > /dev/null
    set -e
    echo 1 > /proc/sys/net/ipv4/ip_forward
    rm -f /etc/apt/sources.list.d/*
    . /etc/os-release
    echo "deb [trusted=yes] file:/opt/lab/bundle/node/debs/$ID-$VERSION_ID-$(dpkg --print-architecture) ./" > /etc/apt/sources.list
    apt-get update
    # Newer releases have the client and BuildKit in packages of their own.
    packages=$(apt-cache --names-only search '^docker(.io|-cli|-buildx)$' | cut -d ' ' -f 1)
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $packages
END
  until node docker version > /dev/null 2>&1; do sleep 0.2; done
}

start_kubernetes() {
  node sh << 'END'
    set -e
    cp /opt/lab/bundle/bin/k3s /usr/local/bin/k3s
    mkdir -p /var/lib/rancher/k3s/agent/images /etc/rancher/k3s
    ln -s /opt/lab/bundle/images/*.tar /var/lib/rancher/k3s/agent/images/
    printf 'tls-san: [127.0.0.1]\nkubelet-arg: [fail-cgroupv1=false]\n' > /etc/rancher/k3s/config.yaml
    systemd-run --quiet --unit=k3s --property=Type=notify --property=Delegate=yes --property=KillMode=process \
      /usr/local/bin/k3s server
END
  until node k3s kubectl wait --namespace kube-system --for=condition=Available --all deployment --timeout=90s > /dev/null 2>&1; do
    sleep 0.5
  done
}

build_image() {
  node docker load --quiet --input /opt/lab/bundle/images/python.tar > /dev/null
  tar --create --gzip --directory "$checkout/app" Dockerfile gunicorn.conf.py image requirements src \
    --directory "$bundle" --transform 's,^wheels/[^/]*,wheels,' wheels \
    | node env DOCKER_BUILDKIT=1 docker build --quiet --network=none --tag "$image" --build-arg BASE_IMAGE=localhost/python:3.13 - > /dev/null
  node sh -c "docker save '$image' | k3s ctr --namespace k8s.io images import -" > /dev/null
}

deploy() {
  local kubectl="$bundle/tools/$platform/kubectl"
  node cat /etc/rancher/k3s/k3s.yaml | sed "s/127.0.0.1:6443/127.0.0.1:$api_port/" > "$manifests/../kubeconfig"
  export KUBECONFIG="$manifests/../kubeconfig"
  "$kubectl" apply --server-side --filename "$manifests" > /dev/null
  "$kubectl" --namespace crud-api rollout status deployment/crud-api --timeout=120s > /dev/null
  "$kubectl" --namespace monitoring rollout status deployment/prometheus --timeout=120s > /dev/null
  until curl --silent --fail --output /dev/null "http://127.0.0.1:$http_port/items"; do sleep 0.2; done
  local query='/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query?query=sum(http_requests_total)'
  until "$kubectl" get --raw "$query" 2> /dev/null | grep --quiet '"value"'; do sleep 0.5; done
}

case $action in
  up)
    create_node
    install_docker
    start_kubernetes
    build_image
    deploy
    ;;
  down)
    docker rm --force --volumes "$name" > /dev/null 2>&1 || true
    docker volume rm "$name-var-lib" > /dev/null 2>&1 || true
    docker image rm "$rootfs_image" > /dev/null 2>&1 || true
    ;;
esac
