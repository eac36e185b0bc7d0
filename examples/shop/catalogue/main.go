// Command catalogue says what the shop sells.
package main

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

//go:embed products.json
var file []byte

type product struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Text   string `json:"text"`
	Cents  int    `json:"cents"`
	Shape  string `json:"shape"`
	Colour string `json:"colour"`
}

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil)).With("service", "catalogue")
	var products []product
	if err := json.Unmarshal(file, &products); err != nil {
		log.Error("the catalogue cannot be read", "error", err)
		os.Exit(1)
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	said, err := time.ParseDuration(cmp.Or(os.Getenv("FAREWELL"), "2s"))
	if err != nil {
		log.Error("FAREWELL is no duration", "error", err)
		os.Exit(1)
	}
	var ending atomic.Bool
	server := &http.Server{
		Addr:              ":" + port,
		Handler:           farewell(&ending, routes(products)),
		ReadHeaderTimeout: 5 * time.Second,
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		<-ctx.Done()
		// Callers that keep a connection hear with their next answer that it ends. Had it been closed under them, the
		// request that was on its way would be lost.
		ending.Store(true)
		time.Sleep(said)
		drain, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(drain)
	}()
	log.Info("started", "products", len(products))
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Error("cannot serve", "error", err)
		os.Exit(1)
	}
}

// farewell asks callers to close their connections once the service is ending.
func farewell(ending *atomic.Bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ending.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

func routes(products []product) http.Handler {
	mux := http.NewServeMux()
	ok := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) }
	mux.HandleFunc("GET /live", ok)
	mux.HandleFunc("GET /ready", ok)
	mux.HandleFunc("GET /products", func(w http.ResponseWriter, _ *http.Request) { answer(w, products) })
	mux.HandleFunc("GET /products/{id}", func(w http.ResponseWriter, r *http.Request) {
		for _, one := range products {
			if one.ID == r.PathValue("id") {
				answer(w, one)
				return
			}
		}
		http.Error(w, "there is no such product", http.StatusNotFound)
	})
	return mux
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}
