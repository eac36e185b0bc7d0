"""Shows the open tickets to whoever has a token, which it hands on as it came."""

import http.server
import json
import os
import signal
import threading
import urllib.error
import urllib.request

TICKETS = os.environ["TICKETS_URL"] + "/tickets"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path in ("/live", "/ready"):
            return self.answer(200, "")
        token = self.headers.get("Authorization")
        request = urllib.request.Request(TICKETS, headers={"Authorization": token} if token else {})
        try:
            with urllib.request.urlopen(request, timeout=4) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return self.answer(error.code, "These tickets are not for you.\n")
        except OSError:
            return self.answer(503, "The tickets cannot be read just now.\n")
        lines = [f"Open tickets, {found['reader']}:", *(f"- {one['text']}" for one in found["tickets"])]
        return self.answer(200, "\n".join(lines) + "\n")

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("", 8080), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever(poll_interval=0.2)
