// Command prometheus-adapter answers the custom metrics API with what Prometheus
// knows: an autoscaler's source for everything that is neither CPU nor memory.
// What it knows and does is upstream's; upstream's own program was written for
// Kubernetes' libraries of 2024, does not compile with ours, and also serves two
// more APIs, which the lab has no use for.
package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"time"

	"crud-lab/labkube/internal/untimed"

	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/component-base/logs"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/cmd"
	"sigs.k8s.io/prometheus-adapter/pkg/client"
	"sigs.k8s.io/prometheus-adapter/pkg/config"
	customprovider "sigs.k8s.io/prometheus-adapter/pkg/custom-provider"
	"sigs.k8s.io/prometheus-adapter/pkg/naming"
)

// adapter has the options of upstream's program that are of use here, by the
// same names: a Deployment can take upstream's image instead.
type adapter struct {
	cmd.AdapterBase

	prometheus string
	rules      string
	relist     time.Duration
	maxAge     time.Duration
}

func main() {
	logs.InitLogs()
	err := run()
	logs.FlushLogs()
	if err != nil {
		fmt.Fprintln(os.Stderr, "prometheus-adapter:", err)
		os.Exit(1)
	}
}

// run returns when a signal has asked for it and the last request is answered.
func run() error {
	a := adapter{AdapterBase: cmd.AdapterBase{Name: "prometheus-adapter"}}
	flags := a.Flags()
	flags.StringVar(&a.prometheus, "prometheus-url", "", "the `URL` of Prometheus")
	flags.StringVar(&a.rules, "config", "", "the `file` that says which series are metrics of which objects")
	flags.DurationVar(&a.relist, "metrics-relist-interval", 10*time.Minute, "how often Prometheus is asked which series there are")
	flags.DurationVar(&a.maxAge, "metrics-max-age", 10*time.Minute, "how long ago a series may have ended to be one")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}
	ctx := genericapiserver.SetupSignalContext()
	if err := a.provide(ctx.Done()); err != nil {
		return err
	}
	return a.Run(ctx)
}

// provide makes the metrics that the rules describe known to the server.
func (a *adapter) provide(stop <-chan struct{}) error {
	address, err := url.Parse(a.prometheus)
	if err != nil || address.Host == "" {
		return fmt.Errorf("--prometheus-url=%q is no URL", a.prometheus)
	}
	if a.maxAge < a.relist {
		return errors.New("--metrics-max-age must not be less than --metrics-relist-interval")
	}
	rules, err := config.FromFile(a.rules)
	if err != nil {
		return fmt.Errorf("read --config: %w", err)
	}
	mapper, err := a.RESTMapper()
	if err != nil {
		return err
	}
	objects, err := a.DynamicClient()
	if err != nil {
		return err
	}
	namers, err := naming.NamersFromConfig(rules.Rules, mapper)
	if err != nil {
		return fmt.Errorf("the rules of %s: %w", a.rules, err)
	}
	api := untimed.Client{GenericAPIClient: client.NewGenericAPIClient(http.DefaultClient, address, nil)}
	source := client.NewClientForAPI(api, http.MethodGet)
	metrics, lister := customprovider.NewPrometheusProvider(mapper, objects, source, namers, a.relist, a.maxAge)
	lister.RunUntil(stop)
	a.WithCustomMetrics(metrics)
	return nil
}
