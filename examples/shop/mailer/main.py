"""The mailer: takes orders off the list, and tells each buyer. Here telling means one line in the log."""

import json
import pathlib
import signal
import time

from store import Store, StoreError

ALIVE = pathlib.Path("/tmp/alive")
running = True


def end(*_):
    global running
    running = False


def main():
    signal.signal(signal.SIGTERM, end)
    store = Store()
    while running:
        try:
            taken = store("BRPOP", "mail", 1)
            if taken:
                print(json.dumps({"service": "mailer", "event": "mail sent", "order": taken[1]}), flush=True)
                store("INCR", "mailed")
            ALIVE.touch()
        except StoreError as error:
            print(json.dumps({"service": "mailer", "event": "waiting", "reason": str(error)}), flush=True)
            time.sleep(1)


main()
