package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/zalando/skipper/routing"
)

const (
	// patience is how long a request looks for an endpoint that takes its connection.
	// A killed container runs again within it, at its old address, and an endpoint that
	// does not come back has left the routes: who waits longer waits in vain.
	patience = 5 * time.Second
	// pause is between two rounds, for a refusal costs next to nothing.
	pause = 100 * time.Millisecond
)

// choiceKey is where the context of a request keeps the endpoints that it could go to.
type choiceKey struct{}

// withChoice gives each request the place where a chooser notes its endpoints.
func withChoice(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), choiceKey{}, new([]routing.LBEndpoint))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// chooser notes what an algorithm chose from.
type chooser struct{ routing.LBAlgorithm }

// Apply implements [routing.LBAlgorithm].
func (c chooser) Apply(choice *routing.LBContext) routing.LBEndpoint {
	if noted, ok := choice.Request.Context().Value(choiceKey{}).(*[]routing.LBEndpoint); ok {
		*noted = choice.LBEndpoints
	}
	return c.LBAlgorithm.Apply(choice)
}

// choosers makes every algorithm a chooser; it comes after what sets algorithms.
type choosers struct{}

// Do implements [routing.PostProcessor].
func (choosers) Do(routes []*routing.Route) []*routing.Route {
	for _, route := range routes {
		if route.LBAlgorithm != nil {
			route.LBAlgorithm = chooser{route.LBAlgorithm}
		}
	}
	return routes
}

// redialer sends a request to another endpoint where the chosen one takes no
// connection, and after all of them to the first again, until patience ends. What
// was never sent is safe to send again, whatever its method and body. Skipper itself
// tries once more, only without a body, and maybe the same endpoint.
type redialer struct{ next http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (r redialer) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	end := time.Now().Add(patience)
	for {
		var failure error
		for _, endpoint := range endpointsOf(request) {
			response, err := r.next.RoundTrip(addressed(request, endpoint))
			if !unsent(err) {
				return response, err
			}
			failure = err
		}
		if time.Now().After(end) {
			return nil, failure // as it is: Skipper answers its own errors of dialling with 502
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// endpointsOf returns the endpoints that the request could go to, the chosen one first.
func endpointsOf(request *http.Request) []routing.LBEndpoint {
	chosen := routing.LBEndpoint{Scheme: request.URL.Scheme, Host: request.URL.Host}
	if noted, ok := request.Context().Value(choiceKey{}).(*[]routing.LBEndpoint); ok {
		is := func(endpoint routing.LBEndpoint) bool { return endpoint.Host == chosen.Host }
		if i := slices.IndexFunc(*noted, is); i >= 0 {
			return slices.Concat((*noted)[i:], (*noted)[:i])
		}
	}
	return []routing.LBEndpoint{chosen}
}

// addressed returns the request as it goes to an endpoint. Its body outlives a
// connection that fails, which a transport ends by closing the body; the server
// that the body comes from closes it once it has answered.
func addressed(request *http.Request, endpoint routing.LBEndpoint) *http.Request {
	copied, url := request.WithContext(request.Context()), *request.URL
	url.Scheme, url.Host = endpoint.Scheme, endpoint.Host
	copied.URL = &url
	if request.Body != nil && request.Body != http.NoBody {
		copied.Body = io.NopCloser(request.Body)
	}
	return copied
}

// unsent tells whether there was no connection to send anything on. It asks Skipper's
// errors, which hide those of net.
func unsent(err error) bool {
	var dialling interface{ DialError() bool }
	return errors.As(err, &dialling) && dialling.DialError()
}
