"""Tells which tickets are open, who asked, and which release of the service answers."""

import http.server
import json
import os
import signal
import threading

TICKETS = [{"id": 1, "text": "the printer is on fire"}, {"id": 2, "text": "the coffee is not"}]
RELEASE = os.environ.get("RELEASE", "main")
asked = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path in ("/live", "/ready"):
            return self.answer(200, {})
        if self.path != "/tickets":
            return self.answer(404, {"error": "there is nothing here"})
        global asked
        asked += 1
        # The mesh has checked the token, and writes this header itself.
        reader = self.headers.get("ticket-reader", "anybody")
        return self.answer(200, {"release": RELEASE, "reader": reader, "tickets": TICKETS})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Metrics(Handler):
    """What Prometheus reads, at a port of its own."""

    def do_GET(self):
        body = f"# TYPE tickets_asked_total counter\ntickets_asked_total {asked}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


metrics = http.server.ThreadingHTTPServer(("", 9090), Metrics)
threading.Thread(target=metrics.serve_forever, daemon=True).start()
server = http.server.ThreadingHTTPServer(("", 8080), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever(poll_interval=0.2)
