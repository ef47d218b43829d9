"""The five dashboards as code: `make dashboards` writes the files that the role grafana provisions."""
