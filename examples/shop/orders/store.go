package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// store speaks Redis' protocol over one connection, and opens it again when it was lost.
type store struct {
	address, password string

	mu     sync.Mutex
	conn   net.Conn
	reader *bufio.Reader
}

// errRefused is what the store says no with; the connection is still good.
var errRefused = errors.New("the store refused")

// do sends one command and returns its answer as text; nothing is "".
func (s *store) do(words ...string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		fresh := s.conn == nil
		if fresh {
			if err := s.open(); err != nil {
				return "", fmt.Errorf("the store does not answer: %w", err)
			}
		}
		answer, err := s.exchange(words...)
		if err == nil || errors.Is(err, errRefused) {
			return answer, err
		}
		s.conn.Close()
		s.conn = nil
		if fresh {
			return "", fmt.Errorf("the store does not answer: %w", err)
		}
	}
}

func (s *store) open() error {
	conn, err := net.DialTimeout("tcp", s.address, 2*time.Second)
	if err != nil {
		return err
	}
	s.conn, s.reader = conn, bufio.NewReader(conn)
	if s.password != "" {
		if _, err = s.exchange("AUTH", s.password); err != nil {
			conn.Close()
			s.conn = nil
		}
	}
	return err
}

func (s *store) exchange(words ...string) (string, error) {
	_ = s.conn.SetDeadline(time.Now().Add(2 * time.Second))
	var command strings.Builder
	fmt.Fprintf(&command, "*%d\r\n", len(words))
	for _, word := range words {
		fmt.Fprintf(&command, "$%d\r\n%s\r\n", len(word), word)
	}
	if _, err := io.WriteString(s.conn, command.String()); err != nil {
		return "", err
	}
	line, err := s.reader.ReadString('\n')
	if err != nil {
		return "", err
	}
	kind, rest := line[0], strings.TrimSuffix(line[1:], "\r\n")
	switch kind {
	case '-':
		return "", fmt.Errorf("%w: %s", errRefused, rest)
	case '$':
		length, err := strconv.Atoi(rest)
		if err != nil || length < 0 {
			return "", err
		}
		data := make([]byte, length+2)
		_, err = io.ReadFull(s.reader, data)
		return string(data[:max(length, 0)]), err
	}
	return rest, nil
}
