package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// TestAnEarlyAnswerArrivesWhole has a client whose body never comes, and a backend that does
// not wait for it and closes politely, as ours does with a request that has no key.
func TestAnEarlyAnswerArrivesWhole(t *testing.T) {
	backend, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Close()
	refused := make(chan error, 1)
	go func() { refused <- refuseOnce(backend) }()
	front := httptest.NewServer(serving(t, `* -> "http://`+backend.Addr().String()+`"`))
	defer front.Close()

	client, err := net.Dial("tcp", front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close() // before the server, which waits for it
	if err := client.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(client, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		t.Fatal(err)
	}
	if body := read(t, response); response.StatusCode != http.StatusUnauthorized || body != "no key" {
		t.Errorf("got %d %q", response.StatusCode, body)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-refused; err != nil {
		t.Error(err)
	}
}

// refuseOnce answers a request as soon as its head is there, and drops what comes behind it.
func refuseOnce(listener net.Listener) error {
	connection, err := listener.Accept()
	if err != nil {
		return err
	}
	defer connection.Close()
	from := bufio.NewReader(connection)
	for line := ""; line != "\r\n"; {
		if line, err = from.ReadString('\n'); err != nil {
			return err
		}
	}
	// In two parts, since the second is the one that got lost.
	for _, part := range []string{"HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\nConnection: close\r\n\r\n", "no key"} {
		if _, err := io.WriteString(connection, part); err != nil {
			return err
		}
	}
	if err := connection.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, from)
	return err
}
