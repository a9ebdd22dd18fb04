package main

import (
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
)

// relay listens on a port of its own and passes the bytes of each connection on, to the port that it
// is pointed at when the connection is made.
type relay struct {
	listener *net.TCPListener
	target   atomic.Int64
}

func startRelay() (*relay, error) {
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	relay := &relay{listener: listener}
	go relay.accept()
	return relay, nil
}

func (r *relay) port() int { return r.listener.Addr().(*net.TCPAddr).Port }

// pointAt leaves connections that exist where they are.
func (r *relay) pointAt(port int) { r.target.Store(int64(port)) }

func (r *relay) Close() error { return r.listener.Close() }

func (r *relay) accept() {
	for {
		conn, err := r.listener.AcceptTCP()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			go r.pass(conn)
		}
	}
}

// pass ends with both sides closed. Between two TCP connections io.Copy leaves the bytes in the kernel.
func (r *relay) pass(from *net.TCPConn) {
	defer from.Close()
	to, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(r.target.Load())})
	if err != nil {
		return // The caller sees a connection that ends, as from a server that went away.
	}
	defer to.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		io.Copy(from, to)
		from.CloseWrite()
	}()
	io.Copy(to, from)
	to.CloseWrite()
	<-done
}

// portLine passes on what is written to it, and takes from it the first line, with which a plugin says
// on which port it listens.
type portLine struct {
	to io.Writer
	// onPort returns the port that is passed on instead.
	onPort func(port int) int
	line   strings.Builder
	passed bool
}

func (p *portLine) Write(bytes []byte) (int, error) {
	if p.passed {
		return p.to.Write(bytes)
	}
	p.line.Write(bytes)
	line, rest, complete := strings.Cut(p.line.String(), "\n")
	if !complete {
		return len(bytes), nil
	}
	p.passed = true
	if port, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
		line = strconv.Itoa(p.onPort(port))
	}
	if _, err := io.WriteString(p.to, line+"\n"+rest); err != nil {
		return 0, err
	}
	return len(bytes), nil
}
