package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"testing"
)

func TestNewConnectionsGoWhereTheRelayPointsAndOldOnesStay(t *testing.T) {
	relay, err := startRelay()
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	relay.pointAt(answering(t, "proxy"))
	old := dial(t, relay.port())
	ask(t, old, "1", "proxy 1\n")

	relay.pointAt(answering(t, "pack"))
	ask(t, old, "2", "proxy 2\n")
	ask(t, dial(t, relay.port()), "3", "pack 3\n")
}

func TestEitherSideLearnsThatTheOtherHasSaidAll(t *testing.T) {
	relay, err := startRelay()
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	relay.pointAt(answering(t, "pack"))
	conn := dial(t, relay.port())
	fmt.Fprintln(conn, "last")
	conn.CloseWrite()
	if rest, err := io.ReadAll(conn); string(rest) != "pack last\n" || err != nil {
		t.Errorf("got %q, %v", rest, err)
	}
}

func TestWhereNobodyListensTheConnectionEnds(t *testing.T) {
	relay, err := startRelay()
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	relay.pointAt(closed.Addr().(*net.TCPAddr).Port)
	if rest, err := io.ReadAll(dial(t, relay.port())); len(rest) != 0 {
		t.Errorf("got %q, %v", rest, err)
	}
}

func TestThePortLineIsReplacedAndTheRestPassesOn(t *testing.T) {
	for _, writes := range [][]string{
		{"4711\n", "hello\n"}, {"47", "11\nhel", "lo\n"}, {"4711\nhello\n"},
	} {
		var out bytes.Buffer
		seen := 0
		line := &portLine{to: &out, onPort: func(port int) int { seen = port; return 1234 }}
		for _, text := range writes {
			if n, err := io.WriteString(line, text); n != len(text) || err != nil {
				t.Errorf("wrote %d of %q: %v", n, text, err)
			}
		}
		if seen != 4711 || out.String() != "1234\nhello\n" {
			t.Errorf("%q: port %d, %q", writes, seen, out.String())
		}
	}
}

func TestAFirstLineThatIsNoPortPassesOnAsItIs(t *testing.T) {
	var out bytes.Buffer
	line := &portLine{to: &out, onPort: func(int) int { panic("no port was written") }}
	io.WriteString(line, "Error: no such pack\n")
	if out.String() != "Error: no such pack\n" {
		t.Errorf("got %q", out.String())
	}
}

// answering is a server that repeats each line behind its name.
func answering(t *testing.T, name string) int {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					fmt.Fprintln(conn, name, lines.Text())
				}
			}()
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func dial(t *testing.T, port int) *net.TCPConn {
	conn, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func ask(t *testing.T, conn net.Conn, line, want string) {
	t.Helper()
	fmt.Fprintln(conn, line)
	if got, err := bufio.NewReader(conn).ReadString('\n'); got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}
