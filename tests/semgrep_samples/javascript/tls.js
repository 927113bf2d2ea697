const https = require("https");
const jwt = require("jsonwebtoken");

// ruleid: js-tls-not-verified
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
// ruleid: js-tls-not-verified
const open = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
// ok: js-tls-not-verified
const checked = new https.Agent({ keepAlive: true });

function read(token, key) {
  // ruleid: js-jwt-none-algorithm
  jwt.verify(token, key, { algorithms: ["HS256", "none"] });
  // ok: js-jwt-none-algorithm
  return jwt.verify(token, key, { algorithms: ["ES256"] });
}
