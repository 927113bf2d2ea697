"""Runs a command while 127.0.0.1:PORT leads to a Unix socket: the sandbox's one way to the package index.

    python -I /inside/relay.py --socket /index.sock --port 8099 -- COMMAND ARGS...

Ends with the command's exit code, 128 + N when signal N killed it, 126 or 127 when it cannot be run (as shells do), and
125 when the relay itself cannot start. Standard library only; Python 3.7 upwards, as it may run on the delivery's.
"""

import argparse
import asyncio
import contextlib
import signal
import sys

CHUNK = 1 << 16
NOT_STARTED, NOT_EXECUTABLE, NOT_FOUND = 125, 126, 127


def main(argv=None):
    options = parsed(argv)
    return asyncio.run(run(options.socket, options.port, options.command))


def parsed(argv):
    parser = argparse.ArgumentParser(description="Run a command with a way to the package index.")
    parser.add_argument("--socket", required=True)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("command", nargs="+")
    return parser.parse_args(argv)


async def run(path, port, command):
    joined = set()  # asyncio itself does not keep its tasks alive

    def accepted(reader, writer):
        task = asyncio.ensure_future(join(path, reader, writer))
        joined.add(task)
        task.add_done_callback(joined.discard)

    try:
        server = await asyncio.start_server(accepted, "127.0.0.1", port)
    except OSError as error:
        sys.stderr.write("relay: cannot listen on 127.0.0.1:%d: %s\n" % (port, error))
        return NOT_STARTED
    try:
        child = await asyncio.create_subprocess_exec(*command)
    except OSError as error:
        sys.stderr.write("relay: cannot run %s: %s\n" % (command[0], error))
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_event_loop().add_signal_handler(number, tell, child, number)
    code = await child.wait()
    server.close()
    return code if code >= 0 else 128 - code


def tell(child, number):
    with contextlib.suppress(ProcessLookupError):  # it ended in the meantime
        child.send_signal(number)


async def join(path, reader, writer):
    """Carries bytes both ways until both sides have ended; an end of one direction leaves the other open."""
    try:
        far_reader, far_writer = await asyncio.open_unix_connection(path)
    except OSError as error:
        sys.stderr.write("relay: cannot reach %s: %s\n" % (path, error))
        writer.close()
        return
    try:
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))
    except OSError:
        pass  # one side went away: closing tells the other
    finally:
        writer.close()
        far_writer.close()


async def carry(reader, writer):
    while True:
        chunk = await reader.read(CHUNK)
        if not chunk:
            break
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()


if __name__ == "__main__":
    sys.exit(main())
