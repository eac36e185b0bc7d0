"""The shop's page: plain HTML and CSS, without anything from elsewhere."""

from html import escape

STYLE = """
:root { color-scheme: light dark; --paper: #fbf7f0; --ink: #26221c; --soft: #6d6558; --card: #fff; --line: #e6dccb;
  --accent: #b4532a; --accent-ink: #fff; --notice: #fff3d6; }
@media (prefers-color-scheme: dark) { :root { --paper: #1b1916; --ink: #f2ebdf; --soft: #a89e8d; --card: #26231f;
  --line: #3a352d; --accent: #e08a5b; --accent-ink: #1b1916; --notice: #3a3120; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.5 Georgia, 'Iowan Old Style', serif; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 3rem; } h1 { font-size: 2.6rem; line-height: 1.1; margin: 0; letter-spacing: -.02em; }
header p { color: var(--soft); margin: .4rem 0 0; font-size: 1.1rem; }
h2 { font-size: 1.25rem; margin: 0 0 .75rem; }
main { display: grid; gap: 2rem; grid-template-columns: 1fr; padding-block: 2rem; }
@media (min-width: 52rem) { main { grid-template-columns: 1fr 18rem; align-items: start; } .wide { grid-column: 1 / -1; } }
.products { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); padding: 0; margin: 0; list-style: none; }
.card, aside { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 1.1rem; }
.card { display: flex; flex-direction: column; gap: .35rem; }
.card svg { width: 100%; height: 8rem; border-radius: 9px; } .card h3 { margin: .35rem 0 0; font-size: 1.1rem; }
.card p { margin: 0; color: var(--soft); font-size: .95rem; flex: 1; }
.row { display: flex; justify-content: space-between; align-items: center; gap: 1rem; margin-top: .5rem; }
button { font: inherit; font-size: .95rem; border: 0; border-radius: 999px; padding: .45rem 1.05rem; cursor: pointer;
  background: var(--accent); color: var(--accent-ink); }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
aside ul { list-style: none; margin: 0 0 .75rem; padding: 0; } aside li { display: flex; justify-content: space-between; padding: .3rem 0; border-bottom: 1px solid var(--line); }
.total { display: flex; justify-content: space-between; font-weight: bold; margin: .75rem 0; }
.notice { background: var(--notice); border-radius: 12px; padding: .8rem 1.1rem; margin: 0; }
footer { color: var(--soft); font-size: .85rem; padding-block: 1rem 3rem; border-top: 1px solid var(--line); }
""".strip()

SHAPES = {
    "mug": '<rect x="70" y="38" width="52" height="54" rx="8"/><path d="M122 50h10a13 13 0 0 1 0 28h-10" fill="none" stroke-width="8"/>',
    "pot": '<circle cx="98" cy="72" r="30"/><path d="M128 64l26-14v12l-22 24z"/><rect x="88" y="32" width="20" height="10" rx="5"/>',
    "bowl": '<path d="M48 52h104a52 46 0 0 1-104 0z"/>',
    "plate": '<circle cx="100" cy="64" r="42"/><circle cx="100" cy="64" r="24" fill-opacity=".35"/>',
    "vase": '<path d="M84 24h32l-6 22c22 12 22 46 2 60H88c-20-14-20-48 2-60z"/>',
    "jug": '<path d="M72 40h46l14-10v16l-8 8v40a10 10 0 0 1-10 10H82a10 10 0 0 1-10-10z"/>',
}


def picture(product):
    """Return a drawing of a product."""
    shape = SHAPES.get(product["shape"], SHAPES["bowl"])
    colour = escape(product["colour"], quote=True)
    return (
        f'<svg viewBox="0 0 200 128" preserveAspectRatio="xMidYMid slice" role="img" aria-label="{escape(product["name"], quote=True)}">'
        f'<rect width="200" height="128" fill="{colour}" opacity=".16"/><g fill="{colour}" stroke="{colour}" stroke-width="0">{shape}</g></svg>'
    )


def money(cents, currency):
    """Return an amount as people read it."""
    return f"{escape(currency)}&nbsp;{cents // 100}.{cents % 100:02}"


def page(config, products, cart, token, notices, footer):
    """Return the whole page."""
    blocks = [f'<p class="notice wide" role="status">{escape(notice)}</p>' for notice in notices]
    listing = "".join(card(product, config["currency"], token) for product in products)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(config["title"])}</title><style>{STYLE}</style></head>
<body><header><h1>{escape(config["title"])}</h1><p>{escape(config["banner"])}</p></header>
<main>{"".join(blocks)}<section aria-label="Products"><ul class="products">{listing}</ul></section>
{basket(cart, products, config["currency"], token)}</main>
<footer>{escape(footer)}</footer></body></html>"""


def card(product, currency, token):
    """Return one product."""
    return f"""<li class="card">{picture(product)}<h3>{escape(product["name"])}</h3><p>{escape(product["text"])}</p>
<div class="row"><span>{money(product["cents"], currency)}</span><form method="post" action="/cart">
<input type="hidden" name="token" value="{token}"><input type="hidden" name="product" value="{escape(product["id"], quote=True)}">
<button>Add <span aria-hidden="true">+</span></button></form></div></li>"""


def basket(cart, products, currency, token):
    """Return the cart beside the products."""
    if cart is None:
        return ""
    known = {product["id"]: product for product in products}
    lines = [(known[key], count) for key, count in sorted(cart.items()) if key in known]
    if not lines:
        return '<aside><h2>Your cart</h2><p>Nothing in it yet.</p></aside>'
    rows = "".join(f"<li><span>{count} × {escape(p['name'])}</span><span>{money(p['cents'] * count, currency)}</span></li>" for p, count in lines)
    total = sum(product["cents"] * count for product, count in lines)
    return f"""<aside><h2>Your cart</h2><ul>{rows}</ul><p class="total"><span>Total</span><span>{money(total, currency)}</span></p>
<form method="post" action="/checkout"><input type="hidden" name="token" value="{token}"><button>Buy</button></form></aside>"""
