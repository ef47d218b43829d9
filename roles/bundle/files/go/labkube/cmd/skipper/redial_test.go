package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/skipper/filters/builtin"
	"github.com/zalando/skipper/loadbalancer"
	"github.com/zalando/skipper/proxy"
	"github.com/zalando/skipper/routing"
	"github.com/zalando/skipper/routing/testdataclient"
)

// refusal is what Skipper's dialler makes of a refused connection.
type refusal struct{}

func (refusal) Error() string   { return "connection refused" }
func (refusal) DialError() bool { return true }

var errLost = errors.New("connection reset by peer")

// backend answers as the function says: by the endpoint's host and the number of the
// attempt, from 1. Like [http.Transport] it closes the body that it can't send.
type backend struct {
	answer   func(host string, attempt int) error
	attempts []string
}

func (b *backend) RoundTrip(request *http.Request) (*http.Response, error) {
	b.attempts = append(b.attempts, request.URL.Host)
	if err := b.answer(request.URL.Host, len(b.attempts)); err != nil {
		return nil, errors.Join(err, request.Body.Close())
	}
	body, err := io.ReadAll(request.Body)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(body)))}, err
}

// once is a body that can't be read any more after it was closed, like a server's.
type once struct {
	io.Reader
	closed bool
}

func (o *once) Close() error {
	o.closed = true
	return nil
}

func (o *once) Read(p []byte) (int, error) {
	if o.closed {
		return 0, http.ErrBodyReadAfterClose
	}
	return o.Reader.Read(p)
}

func TestRedialer(t *testing.T) {
	tests := map[string]struct {
		endpoints []string // none where the route has one backend, which is no choice
		answer    func(host string, attempt int) error
		attempts  string // none where their number is not fixed
		least     time.Duration
		most      time.Duration
		wanted    error
	}{
		"reached at once": {
			endpoints: []string{"a", "b"},
			answer:    func(string, int) error { return nil },
			attempts:  "b",
		},
		"refused by one": {
			endpoints: []string{"a", "b", "c"},
			answer:    func(host string, _ int) error { return refusedBy(host, "b", "c") },
			attempts:  "b c a",
		},
		"refused by all for a while": {
			endpoints: []string{"a", "b"},
			answer:    func(_ string, attempt int) error { return refusedBefore(attempt, 6) },
			attempts:  "b a b a b a",
			least:     2 * pause,
			most:      2 * pause,
		},
		"refused by the only one for a while": {
			answer:   func(_ string, attempt int) error { return refusedBefore(attempt, 3) },
			attempts: "b b b",
			least:    2 * pause,
			most:     2 * pause,
		},
		"refused by all": {
			endpoints: []string{"a", "b"},
			answer:    func(string, int) error { return refusal{} },
			least:     patience,
			most:      patience + pause,
			wanted:    refusal{},
		},
		"lost once sent": {
			endpoints: []string{"a", "b"},
			answer:    func(string, int) error { return errLost },
			attempts:  "b",
			wanted:    errLost,
		},
		"lost once sent elsewhere": {
			endpoints: []string{"a", "b"},
			answer: func(host string, _ int) error {
				if host == "b" {
					return refusal{}
				}
				return errLost
			},
			attempts: "b a",
			wanted:   errLost,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				next := &backend{answer: test.answer}
				began := time.Now()
				response, err := redialer{next}.RoundTrip(post(t.Context(), t, test.endpoints))
				if took := time.Since(began); took < test.least || took > test.most {
					t.Errorf("took %v, not %v to %v", took, test.least, test.most)
				}
				if got := strings.Join(next.attempts, " "); test.attempts != "" && got != test.attempts {
					t.Errorf("asked %q, not %q", got, test.attempts)
				}
				if test.wanted != nil {
					if !errors.Is(err, test.wanted) {
						t.Errorf("got the error %v, not %v", err, test.wanted)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if body := read(t, response); body != "a record" {
					t.Errorf("the endpoint got %q", body)
				}
			})
		})
	}
}

func TestRedialerEndsWithItsRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), pause/2)
		defer cancel()
		next := &backend{answer: func(string, int) error { return refusal{} }}
		if _, err := (redialer{next}).RoundTrip(post(ctx, t, nil)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got the error %v, not %v", err, context.DeadlineExceeded)
		}
		if len(next.attempts) != 1 {
			t.Errorf("asked %d times", len(next.attempts))
		}
	})
}

// TestProxy sends requests through Skipper's own proxy, dialler and balancer.
func TestProxy(t *testing.T) {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(w, r.Body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(echo.Close) // when the parallel tests have ended
	tests := map[string]struct {
		backend  string
		requests int
		status   int
		body     string
	}{
		"one of three is there": {
			backend:  fmt.Sprintf("<%q, %q, %q>", refusing(t), refusing(t), echo.URL),
			requests: 3, // the balancer begins with another endpoint each time
			status:   http.StatusOK,
			body:     "a record",
		},
		"none is there": {
			backend:  fmt.Sprintf("<%q, %q>", refusing(t), refusing(t)),
			requests: 1,
			status:   http.StatusBadGateway,
			body:     "Bad Gateway\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			front := httptest.NewServer(serving(t, "* -> "+test.backend))
			defer front.Close()
			for range test.requests {
				response, err := http.Post(front.URL, "text/plain", strings.NewReader("a record"))
				if err != nil {
					t.Fatal(err)
				}
				if body := read(t, response); response.StatusCode != test.status || body != test.body {
					t.Errorf("got %d %q, not %d %q", response.StatusCode, body, test.status, test.body)
				}
			}
		})
	}
}

// serving returns a proxy with our parts in their places.
func serving(t *testing.T, routes string) http.Handler {
	t.Helper()
	client, err := testdataclient.NewDoc(routes)
	if err != nil {
		t.Fatal(err)
	}
	endpoints := routing.NewEndpointRegistry(routing.RegistryOptions{})
	table := routing.New(routing.Options{
		DataClients:     []routing.DataClient{client},
		FilterRegistry:  builtin.MakeRegistry(),
		PostProcessors:  []routing.PostProcessor{loadbalancer.NewAlgorithmProvider(), endpoints, choosers{}},
		SignalFirstLoad: true,
		SuppressLogs:    true,
	})
	t.Cleanup(table.Close)
	backends := proxy.WithParams(proxy.Params{
		AccessLogDisabled:          true,
		CustomHttpRoundTripperWrap: func(next http.RoundTripper) http.RoundTripper { return redialer{next} },
		EndpointRegistry:           endpoints,
		Routing:                    table,
	})
	t.Cleanup(func() {
		if err := backends.Close(); err != nil {
			t.Error(err)
		}
	})
	<-table.FirstLoad()
	return inFrontOf(backends)
}

// refusing returns an address that refuses connections.
func refusing(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

// post returns a request to the endpoint b, chosen from these.
func post(ctx context.Context, t *testing.T, hosts []string) *http.Request {
	t.Helper()
	endpoints := make([]routing.LBEndpoint, len(hosts))
	for i, host := range hosts {
		endpoints[i] = routing.LBEndpoint{Scheme: "http", Host: host}
	}
	ctx = context.WithValue(ctx, choiceKey{}, &endpoints)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://b", &once{Reader: strings.NewReader("a record")})
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func read(t *testing.T, response *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func refusedBy(host string, hosts ...string) error {
	if slices.Contains(hosts, host) {
		return refusal{}
	}
	return nil
}

func refusedBefore(attempt, answered int) error {
	if attempt < answered {
		return refusal{}
	}
	return nil
}
