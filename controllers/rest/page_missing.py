"""What `/` says when the browser's part of the program was never installed."""

CLIENT_MISSING = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Colloque</title>
<h1>The page is not installed yet</h1>
<p>The server itself works. Its page needs the Socket.IO client: stop the server and run <code>make run</code>,
which fetches it, or run <code>npm ci</code> in the folder <code>web</code>, then start the server again.</p>
<p lang="fr">Le serveur fonctionne. Sa page a besoin du client Socket.IO : arrêtez le serveur puis lancez
<code>make run</code>.</p>
</html>
"""
