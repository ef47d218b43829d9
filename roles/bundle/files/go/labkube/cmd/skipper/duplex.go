package main

import "net/http"

// fullDuplex lets a backend answer before it has read the request. Go's server otherwise
// takes what is left of a body before it sends an answer's head, while the transport still
// sends that body on: the transport finds it short, closes the connection, and the client
// gets the head of the answer without its end.
func fullDuplex(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
			panic(err) // HTTP/1 always can
		}
		next.ServeHTTP(w, r)
	})
}
