"""Load on the API: driven by Locust, counted by it and by Prometheus, told to a person."""
