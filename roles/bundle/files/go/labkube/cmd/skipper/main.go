// Command skipper serves the Ingresses of the cluster that it runs in, over HTTP.
// It is Skipper without what Ingresses do not use: upstream's own program also
// compiles a policy engine with its clients for every cloud, three times as much.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"crud-lab/labkube/internal/module"

	"github.com/zalando/skipper/dataclients/kubernetes"
	"github.com/zalando/skipper/filters/builtin"
	"github.com/zalando/skipper/loadbalancer"
	"github.com/zalando/skipper/metrics"
	skippernet "github.com/zalando/skipper/net"
	"github.com/zalando/skipper/predicates/host"
	"github.com/zalando/skipper/predicates/primitive"
	"github.com/zalando/skipper/predicates/source"
	"github.com/zalando/skipper/predicates/traffic"
	"github.com/zalando/skipper/proxy"
	"github.com/zalando/skipper/routing"
)

const (
	// pollInterval is how old the routes may be; the whole cluster is one node.
	pollInterval = time.Second
	// stopTimeout is how long requests may go on once we are told to stop.
	stopTimeout = 20 * time.Second
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("skipper: ")
	address := flag.String("address", ":80", "the `host:port` to serve Ingresses on")
	support := flag.String("support-listener", ":9911", "the `host:port` to serve /metrics and /routes on")
	version := flag.Bool("version", false, "print the version of Skipper and exit")
	flag.Parse()
	switch {
	case *version:
		fmt.Println("Skipper version", module.Version("github.com/zalando/skipper"))
		return
	case flag.NArg() > 0:
		log.Fatalf("no argument is expected: %q", flag.Args())
	}
	if err := serve(*address, *support); err != nil {
		log.Fatal(err)
	}
}

// serve returns when a signal has asked for it and the last request is answered.
func serve(address, support string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	cluster, err := kubernetes.New(kubernetes.Options{
		KubernetesInCluster:            true,
		KubernetesEnableEndpointslices: true,
		ProvideHealthcheck:             true, // /kube-system/healthz
	})
	if err != nil {
		return fmt.Errorf("connect to the cluster: %w", err)
	}
	defer cluster.Close()

	metricsOptions := metrics.Options{
		Format:                       metrics.PrometheusKind,
		Prefix:                       "skipper.",
		EnableRuntimeMetrics:         true,
		EnableServeHostMetrics:       true,
		EnableServeStatusCodeMetric:  true,
		DisableCompatibilityDefaults: true,
	}
	measured := metrics.NewMetrics(metricsOptions)
	metrics.Default = measured // some filters know no other

	endpoints := routing.NewEndpointRegistry(routing.RegistryOptions{})
	routes := routing.New(routing.Options{
		DataClients:     []routing.DataClient{cluster},
		FilterRegistry:  builtin.MakeRegistry(),
		Metrics:         measured,
		PollTimeout:     pollInterval,
		PostProcessors:  []routing.PostProcessor{loadbalancer.NewAlgorithmProvider(), endpoints, choosers{}},
		SignalFirstLoad: true,
		SuppressLogs:    true,
		Predicates: []routing.PredicateSpec{ // those that routes made from Ingresses have
			host.NewAny(), primitive.NewShutdown(), primitive.NewTrue(), source.New(), traffic.New(), traffic.NewSegment(),
		},
	})
	defer routes.Close()

	backends := proxy.WithParams(proxy.Params{
		AccessLogDisabled:          true,
		CustomHttpRoundTripperWrap: func(next http.RoundTripper) http.RoundTripper { return redialer{next} },
		EndpointRegistry:           endpoints,
		ExperimentalUpgrade:        true, // WebSocket
		Flags:                      proxy.PreserveHost,
		KeepAlive:                  30 * time.Second,
		Metrics:                    measured,
		Routing:                    routes,
		Timeout:                    10 * time.Second,
	})
	defer backends.Close()

	mux := http.NewServeMux()
	mux.Handle("/metrics", metrics.NewHandler(metricsOptions, measured))
	mux.Handle("/routes", routes)
	failed := make(chan error, 2)
	listen := func(server *http.Server) { failed <- server.ListenAndServe() }
	go listen(&http.Server{Addr: support, Handler: mux, ReadHeaderTimeout: 10 * time.Second})

	// Without routes every request would be answered with 404.
	select {
	case <-routes.FirstLoad():
	case err := <-failed:
		return err
	case <-ctx.Done():
		return nil
	}
	server := &http.Server{
		Addr: address,
		Handler: &skippernet.ForwardedHeadersHandler{
			Headers: skippernet.ForwardedHeaders{For: true, Host: true, Proto: "http"},
			Handler: inFrontOf(backends),
		},
		IdleTimeout:       3 * time.Minute,
		ReadHeaderTimeout: 10 * time.Second,
	}
	go listen(server)

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}

// inFrontOf returns what a request passes on its way to Skipper's proxy.
func inFrontOf(backends http.Handler) http.Handler {
	return fullDuplex(withChoice(backends))
}
