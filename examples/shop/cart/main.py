"""Carts: what each visitor means to buy, forgotten after a day."""

import http.server
import json
import os
import re
import signal
import threading

from store import Store, StoreError

DAY_SECONDS = 86_400
PATH = re.compile(r"^/carts/([0-9a-f]{32})(/items)?$")
store = Store()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    timeout = 5

    def do_GET(self):
        if self.path == "/live":
            return self.answer(200, {"alive": True})
        if self.path == "/ready":
            return self.guarded(lambda: store("PING") and {"ready": True})
        return self.cart(lambda key: {"items": items(key)})

    def do_POST(self):
        length = min(int(self.headers.get("Content-Length") or 0), 10_000)
        try:
            product = json.loads(self.rfile.read(length))["product"]
        except (ValueError, KeyError, TypeError):
            return self.answer(400, {"error": "send {\"product\": ID}"})
        if not re.fullmatch(r"[a-z0-9-]{1,40}", str(product)):
            return self.answer(400, {"error": "a product's id is lower-case letters, digits and dashes"})
        return self.cart(lambda key: add(key, product))

    def do_DELETE(self):
        return self.cart(lambda key: {"deleted": store("DEL", key)})

    def cart(self, act):
        found = PATH.match(self.path)
        if found is None:
            return self.answer(404, {"error": "there is no such cart"})
        return self.guarded(lambda: act(f"cart:{found[1]}"))

    def guarded(self, act):
        try:
            return self.answer(200, act())
        except StoreError as error:
            return self.answer(503, {"error": str(error)})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *values):
        if self.path not in ("/live", "/ready"):
            print(json.dumps({"service": "cart", "event": form % values}), flush=True)


def items(key):
    """Return the cart's products with their numbers."""
    flat = store("HGETALL", key)
    return {product: int(count) for product, count in zip(flat[::2], flat[1::2])}


def add(key, product):
    store("HINCRBY", key, product, 1)
    store("EXPIRE", key, DAY_SECONDS)
    return {"items": items(key)}


def main():
    server = http.server.ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), Handler)
    server.daemon_threads = False
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.2)
    server.server_close()


main()
