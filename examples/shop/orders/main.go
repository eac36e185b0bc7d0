// Command orders takes orders: it prices them, keeps them, and hands them to the mailer.
package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type service struct {
	store     *store
	catalogue string
	key       []byte
	client    *http.Client
}

type order struct {
	ID      int64          `json:"id"`
	Items   map[string]int `json:"items"`
	Cents   int            `json:"cents"`
	Receipt string         `json:"receipt"`
}

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "orders")
	key, err := os.ReadFile(os.Getenv("SIGNING_KEY_FILE"))
	if err != nil {
		log.Error("the signing key cannot be read", "error", err)
		os.Exit(1)
	}
	s := &service{
		store:     &store{address: os.Getenv("STORE_ADDRESS"), password: os.Getenv("STORE_PASSWORD")},
		catalogue: os.Getenv("CATALOGUE_URL"),
		key:       []byte(strings.TrimSpace(string(key))),
		client:    &http.Client{Timeout: 2 * time.Second},
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	server := &http.Server{Addr: ":" + port, Handler: s.routes(), ReadHeaderTimeout: 5 * time.Second}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(drain)
	}()
	log.Info("started")
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Error("cannot serve", "error", err)
		os.Exit(1)
	}
}

func (s *service) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /live", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if _, err := s.store.do("PING"); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("POST /orders", s.take)
	mux.HandleFunc("GET /orders/{id}", s.show)
	return mux
}

func (s *service) take(w http.ResponseWriter, r *http.Request) {
	var wanted order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 10_000)).Decode(&wanted); err != nil || len(wanted.Items) == 0 {
		http.Error(w, `send {"items": {PRODUCT: NUMBER}}`, http.StatusBadRequest)
		return
	}
	for id, count := range wanted.Items {
		cents, err := s.price(id)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		wanted.Cents += cents * count
	}
	number, err := s.store.do("INCR", "orders")
	if err == nil {
		wanted.ID, _ = strconv.ParseInt(number, 10, 64)
		wanted.Receipt = s.receipt(wanted.ID)
		kept, _ := json.Marshal(wanted)
		if _, err = s.store.do("SET", "order:"+number, string(kept)); err == nil {
			_, err = s.store.do("LPUSH", "mail", number)
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(wanted)
}

func (s *service) show(w http.ResponseWriter, r *http.Request) {
	kept, err := s.store.do("GET", "order:"+r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	if kept == "" {
		http.Error(w, "there is no such order", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(kept))
}

// price asks the catalogue what a product costs.
func (s *service) price(id string) (int, error) {
	answer, err := s.client.Get(s.catalogue + "/products/" + url.PathEscape(id))
	if err != nil {
		return 0, fmt.Errorf("the catalogue does not answer: %w", err)
	}
	defer answer.Body.Close()
	var found struct {
		Cents int `json:"cents"`
	}
	if answer.StatusCode != http.StatusOK || json.NewDecoder(answer.Body).Decode(&found) != nil {
		return 0, fmt.Errorf("the catalogue has no %q", id)
	}
	return found.Cents, nil
}

// receipt signs an order's number, so that nobody can make a receipt up.
func (s *service) receipt(id int64) string {
	mac := hmac.New(sha256.New, s.key)
	fmt.Fprint(mac, id)
	return fmt.Sprintf("%d-%s", id, hex.EncodeToString(mac.Sum(nil))[:8])
}
