"""The shop's front: it asks the other services and shows one page."""

import hmac
import http.server
import json
import os
import secrets
import signal
import socket
import threading
import time
import urllib.parse
from http.cookies import SimpleCookie

from page import page
from upstream import Unavailable, call

KEY = secrets.token_bytes(32) if "SESSION_KEY" not in os.environ else os.environ["SESSION_KEY"].encode()
CONFIG_FILE = os.environ.get("SHOP_CONFIG", "/etc/shop/shop.json")
CHAOS = os.environ.get("CHAOS") == "enabled"
hanging = threading.Event()
ending = threading.Event()


def config():
    with open(CONFIG_FILE, encoding="utf-8") as file:
        return json.load(file)


def token_of(session):
    """Return what a form must carry, so that no other site can send it."""
    return hmac.new(KEY, session.encode(), "sha256").hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        if path == "/live":
            if hanging.is_set():
                time.sleep(60)
            self.answer(200, "alive\n")
        elif path == "/ready":
            self.ready()
        elif path == "/work":
            self.work(urllib.parse.parse_qs(query))
        elif path == "/":
            self.front(urllib.parse.parse_qs(query).get("said", [""])[0])
        else:
            self.answer(404, "There is no such page.\n")

    def do_POST(self):
        form = self.form()
        if self.path == "/hang" and CHAOS:
            hanging.set()
            self.answer(202, "This process answers no liveness probe any more.\n")
        elif self.path in ("/cart", "/checkout"):
            session = self.session()
            if not hmac.compare_digest(form.get("token", ""), token_of(session or "")):
                self.answer(403, "This form is too old. Go back and try again.\n")
            elif self.path == "/cart":
                self.change("cart", "POST", f"/carts/{session}/items", {"product": form.get("product", "")}, "added")
            else:
                self.checkout(session)
        else:
            self.answer(404, "There is no such page.\n")

    def ready(self):
        try:
            config()
        except (OSError, ValueError) as error:
            self.answer(503, f"no configuration: {error}\n")
        else:
            self.answer(503 if ending.is_set() else 200, "ready\n")

    def work(self, query):
        """Burn processor time, for trying out the autoscaler."""
        asked = query.get("ms", ["20"])[0]
        until = time.process_time() + min(int(asked) if asked.isdigit() else 20, 200) / 1000
        while time.process_time() < until:
            hmac.new(KEY, b"work", "sha256").digest()
        self.answer(200, "done\n")

    def front(self, said):
        session = self.session() or secrets.token_hex(16)
        notices, products, cart = [], [], None
        if said == "added":
            notices.append("It is in your cart.")
        elif said.startswith("receipt-"):
            notices.append(f"Thank you! Your receipt number is {said.removeprefix('receipt-')}.")
        elif said == "failed":
            notices.append("That did not work. Please try again in a moment.")
        try:
            products = call("catalogue", "GET", "/products")
        except Unavailable:
            notices.append("The shelves are being refilled. Please come back in a moment.")
        try:
            cart = call("cart", "GET", f"/carts/{session}")["items"]
        except Unavailable:
            notices.append("Your cart is having a rest; you can still look around.")
        footer = f"{os.environ.get('ENVIRONMENT', 'local')} · served by {os.environ.get('POD') or socket.gethostname()}"
        text = page(config(), products, cart, token_of(session), notices, footer)
        cookie = f"session={session}; HttpOnly; SameSite=Lax; Path=/"
        self.answer(200, text, "text/html; charset=utf-8", {"Set-Cookie": cookie})

    def change(self, service, method, path, body, said):
        try:
            call(service, method, path, body)
        except Unavailable:
            said = "failed"
        self.answer(303, "", headers={"Location": f"/?said={said}"})

    def checkout(self, session):
        try:
            items = call("cart", "GET", f"/carts/{session}")["items"]
            order = call("orders", "POST", "/orders", {"items": items})
            call("cart", "DELETE", f"/carts/{session}")
            said = f"receipt-{order['receipt']}"
        except Unavailable:
            said = "failed"
        self.answer(303, "", headers={"Location": f"/?said={said}"})

    def session(self):
        found = SimpleCookie(self.headers.get("Cookie", "")).get("session")
        return found.value if found and found.value.isalnum() and len(found.value) == 32 else None

    def form(self):
        length = min(int(self.headers.get("Content-Length") or 0), 10_000)
        return dict(urllib.parse.parse_qsl(self.rfile.read(length).decode("utf-8", "replace")))

    def answer(self, status, text, kind="text/plain; charset=utf-8", headers=None):
        body = text.encode()
        self.send_response(status)
        policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        common = {"Content-Type": kind, "Content-Length": str(len(body)), "Content-Security-Policy": policy}
        for name, value in {**common, "X-Content-Type-Options": "nosniff", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form, *values):
        if not self.path.startswith(("/live", "/ready", "/work")):
            print(json.dumps({"service": "storefront", "event": form % values}), flush=True)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128


def main():
    server = Server(("", int(os.environ.get("PORT", "8080"))), Handler)

    def end(*_):
        ending.set()
        threading.Thread(target=server.shutdown).start()

    Handler.timeout = 5
    signal.signal(signal.SIGTERM, end)
    print(json.dumps({"service": "storefront", "event": "started"}), flush=True)
    server.serve_forever(poll_interval=0.2)
    print(json.dumps({"service": "storefront", "event": "ended"}), flush=True)
    os._exit(0) if hanging.is_set() else server.server_close()


main()
