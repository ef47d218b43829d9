"""labkube: a one-node Kubernetes that stands in k3s' place where only package registries can be reached."""
