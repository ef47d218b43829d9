// Command hyperkube is every Kubernetes program a one-node lab needs in one
// file: most of their code is shared, so six programs cost little more than
// one. It acts as the command it is called by, through a link of that name, or
// as the one named in its first argument.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	_ "time/tzdata" // the time zones of CronJobs, also where the node has none

	"github.com/spf13/cobra"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // kubectl's ways to log in
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register"          // --logging-format=json
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // client metrics in /metrics
	_ "k8s.io/component-base/metrics/prometheus/version"  // kubernetes_build_info in /metrics
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// program is one of the commands this file can act as.
type program struct {
	name  string
	about string
	run   func() int
}

var programs = []program{
	{"kube-apiserver", "serves the Kubernetes API", server(apiserver.NewAPIServerCommand)},
	{"kube-controller-manager", "brings the cluster to the state that was asked for", server(controllermanager.NewControllerManagerCommand)},
	{"kube-scheduler", "chooses a node for each pod", server(func() *cobra.Command { return scheduler.NewSchedulerCommand() })},
	{"kubelet", "runs the pods of one node", server(func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) })},
	{"kube-proxy", "routes Services to pods on one node", server(proxy.NewProxyCommand)},
	{"kubectl", "talks to a cluster", runKubectl},
}

// server defers building the command until it is the one asked for: building
// one registers flags and metrics, which the other programs must not inherit.
func server(build func() *cobra.Command) func() int {
	return func() int { return cli.Run(build()) }
}

// runKubectl differs from the servers in how it reports errors: in kubectl's
// own words and exit codes, without a log prefix.
func runKubectl() int {
	// Building the command already logs (plugins, kuberc): -v must count by then.
	logs.GlogSetter(kubectl.GetLogVerbosity(os.Args)) //nolint:errcheck // upstream ignores it too
	if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err)
	}
	return 0
}

func find(name string) *program {
	for i := range programs {
		if programs[i].name == name {
			return &programs[i]
		}
	}
	return nil
}

func usage(w io.Writer) {
	var b strings.Builder
	b.WriteString("usage: hyperkube COMMAND [ARGUMENT...]\n\nCommands (a link to this file with a command's name acts as that command):\n")
	for _, p := range programs {
		fmt.Fprintf(&b, "  %-24s %s\n", p.name, p.about)
	}
	b.WriteString("\n'hyperkube COMMAND --help' lists a command's options.\n")
	io.WriteString(w, b.String())
}

func main() {
	p := find(filepath.Base(os.Args[0]))
	if p == nil && len(os.Args) > 1 {
		switch name := os.Args[1]; name {
		case "-h", "--help", "help":
			usage(os.Stdout)
			return
		default:
			if p = find(name); p == nil {
				fmt.Fprintf(os.Stderr, "hyperkube: no command %q\n\n", name)
			} else {
				os.Args = os.Args[1:]
			}
		}
	}
	if p == nil {
		usage(os.Stderr)
		os.Exit(2)
	}
	os.Exit(p.run())
}
