import os

from flask import Flask

app = Flask(__name__)
# ruleid: secret-session-key
app.config["SECRET_KEY"] = "swordfish"
# ruleid: secret-session-key
app.secret_key = "swordfish"
# ok: secret-session-key
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
# ok: secret-session-key
app.config["TITLE"] = "Parcels"

if __name__ == "__main__":
    # ruleid: web-debugger-exposed
    app.run(host="0.0.0.0", port=5000, debug=True)
    # ruleid: web-debugger-exposed
    app.run(debug=True, host="0.0.0.0")
    # ok: web-debugger-exposed
    app.run(host="0.0.0.0", debug=False)
    # ok: web-debugger-exposed
    app.run(debug=True)
