package untimed

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"sigs.k8s.io/prometheus-adapter/pkg/client"
)

// recorder answers like a Prometheus without series, and keeps what it was asked.
type recorder struct {
	query    url.Values
	deadline bool
}

func (r *recorder) Do(ctx context.Context, _, _ string, query url.Values) (client.APIResponse, error) {
	r.query = query
	_, r.deadline = ctx.Deadline()
	return client.APIResponse{Status: client.ResponseSucceeded, Data: []byte(`{"resultType":"vector","result":[]}`)}, nil
}

// The cluster's API server gives each request a deadline.
func TestAQueryWithADeadlineNamesNoTimeout(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	asked := &recorder{}
	if _, err := client.NewClientForAPI(Client{asked}, http.MethodGet).Query(ctx, 0, "up"); err != nil {
		t.Fatal(err)
	}
	if asked.query.Has("timeout") || asked.query.Get("query") != "up" || !asked.deadline {
		t.Errorf("asked for %v, with a deadline: %v", asked.query, asked.deadline)
	}
}
