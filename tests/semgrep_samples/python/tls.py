import ssl
import urllib.request

import aiohttp
import requests


def fetch(url):
    session = requests.Session()
    # ruleid: tls-not-verified
    session.verify = False
    # ruleid: tls-not-verified
    aiohttp.TCPConnector(ssl=False)
    # ok: tls-not-verified
    requests.get(url, timeout=5)
    # ok: tls-not-verified
    requests.get(url, timeout=5, verify="ca.pem")


def fetch_as_told(url, check):
    # ok: tls-not-verified
    requests.get(url, timeout=5, verify=check)


def context():
    made = ssl.create_default_context()
    # ok: tls-context-unverified
    made.verify_mode = ssl.CERT_REQUIRED
    # ruleid: tls-context-unverified
    made.verify_mode = ssl.CERT_NONE
    return made


# ruleid: tls-not-verified
ssl._create_default_https_context = ssl._create_unverified_context


def opened(url):
    # ruleid: tls-not-verified, tls-context-unverified
    return urllib.request.urlopen(url, context=ssl._create_unverified_context())
