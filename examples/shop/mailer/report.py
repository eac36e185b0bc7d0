"""The daily report: how much was ordered, and how many buyers were told."""

import json

from store import Store

store = Store()
print(json.dumps({"orders": int(store("GET", "orders") or 0), "mailed": int(store("GET", "mailed") or 0)}))
