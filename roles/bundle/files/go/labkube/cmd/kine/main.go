// Command kine serves the part of etcd's API that Kubernetes uses from an SQLite
// file. The kine project's own program can do with many databases; all their
// clients, an object store among them, would be compiled for nothing here.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"math"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"crud-lab/labkube/internal/module"

	"github.com/k3s-io/kine/pkg/drivers"
	"github.com/k3s-io/kine/pkg/drivers/generic"
	_ "github.com/k3s-io/kine/pkg/drivers/sqlite"
	"github.com/k3s-io/kine/pkg/server"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

const (
	// emulatedEtcd is what kube-apiserver is told, and decides what it asks for.
	emulatedEtcd = "3.6.11"
	// notifyInterval is how often a quiet watch is told the current revision.
	notifyInterval = 5 * time.Second
	// stopTimeout is how long clients may go on once we are told to stop.
	stopTimeout = 2 * time.Second
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("kine: ")
	endpoint := flag.String("endpoint", "", "the `sqlite://FILE?OPTIONS` to keep the data in")
	address := flag.String("listen-address", "127.0.0.1:2379", "the `host:port`, or unix://FILE, to serve on")
	version := flag.Bool("version", false, "print the version of kine and exit")
	flag.Parse()
	switch {
	case *version:
		fmt.Println("kine version", module.Version("github.com/k3s-io/kine"))
		return
	case flag.NArg() > 0:
		log.Fatalf("no argument is expected: %q", flag.Args())
	case *endpoint == "":
		log.Fatal("-endpoint is missing")
	}
	// The data holds every Secret: the file and the socket are for us alone.
	syscall.Umask(0o077)
	if err := serve(*endpoint, *address); err != nil {
		log.Fatal(err)
	}
}

// serve returns when a signal has asked for it and the data is closed.
func serve(endpoint, address string) error {
	ctx, closeBackend := context.WithCancel(context.Background())
	defer closeBackend()
	var background sync.WaitGroup

	// kine's own defaults. It compacts when kube-apiserver asks for it.
	_, backend, err := drivers.New(ctx, &background, &drivers.Config{
		Endpoint:             endpoint,
		ConnectionPoolConfig: generic.ConnectionPoolConfig{MaxIdle: 20, MaxIdleTime: 2 * time.Minute},
		CompactTimeout:       5 * time.Second,
		CompactMinRetain:     1000,
		CompactBatchSize:     1000,
		PollBatchSize:        500,
		PollInterval:         time.Second,
	})
	if err != nil {
		return fmt.Errorf("open %s: %w", endpoint, err)
	}
	if err := backend.Start(ctx); err != nil {
		return fmt.Errorf("start on %s: %w", endpoint, err)
	}
	listener, scheme, err := listen(address)
	if err != nil {
		return err
	}

	// etcd's limits: what kube-apiserver is made for.
	srv := grpc.NewServer(
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 2 * time.Hour, Timeout: 20 * time.Second}),
		grpc.MaxConcurrentStreams(math.MaxUint32),
		grpc.MaxRecvMsgSize(2<<20),
		grpc.MaxSendMsgSize(math.MaxInt32),
	)
	server.New(backend, scheme, notifyInterval, emulatedEtcd).Register(srv)
	// Not before this: until the data is open, a signal may just end the program.
	signals, ignoreSignals := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer ignoreSignals()
	context.AfterFunc(signals, func() {
		defer time.AfterFunc(stopTimeout, srv.Stop).Stop()
		srv.GracefulStop()
	})
	// Once stopping has begun, Serve returns at its end.
	err = srv.Serve(listener)
	closeBackend()
	background.Wait()
	if signals.Err() != nil {
		return nil
	}
	return err
}

// listen returns the listener and the scheme of the URL that clients use for it.
func listen(address string) (net.Listener, string, error) {
	file, isFile := strings.CutPrefix(address, "unix://")
	if !isFile {
		listener, err := net.Listen("tcp", address)
		return listener, "http", err
	}
	// One that was killed has left its socket behind.
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, "", err
	}
	listener, err := net.Listen("unix", file)
	return listener, "unix", err
}
