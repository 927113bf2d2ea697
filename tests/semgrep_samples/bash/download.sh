#!/bin/bash
# ruleid: sh-plain-download-to-shell, sh-download-to-shell
curl -s http://example.org/install.sh | sudo bash
# ruleid: sh-plain-download-to-shell, sh-download-to-shell
bash <(curl -s http://example.org/install.sh)
# ok: sh-plain-download-to-shell
# ruleid: sh-download-to-shell
curl -sSf https://example.org/install.sh | sh
# ok: sh-plain-download-to-shell, sh-download-to-shell
curl -sSf https://example.org/list.txt | grep name
# ok: sh-plain-download-to-shell, sh-download-to-shell
curl -o install.sh https://example.org/install.sh
# ruleid: sh-tls-not-verified
curl -sk https://example.org/list.txt
# ruleid: sh-tls-not-verified
wget --no-check-certificate https://example.org/list.txt
# ok: sh-tls-not-verified
curl -sk https://localhost:8443/health
# ok: sh-tls-not-verified
curl -s https://example.org/risk -o list
