import jwt


def read(token, key):
    # ruleid: jwt-none-algorithm
    jwt.decode(token, key, algorithms=["HS256", "none"])
    # ruleid: jwt-not-verified
    jwt.decode(token, options={"verify_signature": False})
    # ok: jwt-none-algorithm, jwt-not-verified
    return jwt.decode(token, key, algorithms=["HS256"])


def write(claims, key):
    # ruleid: jwt-none-algorithm
    jwt.encode(claims, None, algorithm="none")
    # ok: jwt-none-algorithm
    return jwt.encode(claims, key, algorithm="ES256")
