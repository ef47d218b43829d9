// Package untimed asks Prometheus without telling it how long it may take.
package untimed

import (
	"context"
	"net/url"

	"sigs.k8s.io/prometheus-adapter/pkg/client"
)

// Client leaves the timeout out of a query. Upstream reckons it from the request's
// deadline the wrong way round: it is always negative, and Prometheus answers 400.
// The request still ends at its deadline.
type Client struct{ client.GenericAPIClient }

// Do sends one request.
func (c Client) Do(ctx context.Context, verb, endpoint string, query url.Values) (client.APIResponse, error) {
	query.Del("timeout")
	return c.GenericAPIClient.Do(ctx, verb, endpoint, query)
}
