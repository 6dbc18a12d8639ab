"""What the page's address says when the web client was never built."""

CLIENT_MISSING = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Colloque</title>
<h1>The web client is not built yet</h1>
<p>The server itself works. Its page has to be built once: stop the server and run <code>make run</code>,
which does it, or run <code>make web</code>, then start the server again.</p>
<p lang="fr">Le serveur fonctionne. Sa page doit être construite une fois : arrêtez le serveur puis lancez
<code>make run</code>.</p>
</html>
"""
