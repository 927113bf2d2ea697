import os
import shlex
import subprocess

import click
import invoke

QUEUE = "parcels"


def f_string(name):
    # ruleid: shell-built-from-argument
    subprocess.run(f"lp -o label={name}", shell=True, check=True)


def plus(name: str):
    command = "nslookup " + name
    # ruleid: shell-built-from-argument
    return subprocess.check_output(command, shell=True)


def percent(host):
    # ruleid: shell-built-from-argument
    os.system("ping -c 1 %s" % host)


class Printer:
    def formatted(self, name, copies=1):
        # ruleid: shell-built-from-argument
        os.popen("lp -n {} {}".format(copies, name))


def a_shell_in_a_list(name):
    # ruleid: shell-built-from-argument
    subprocess.run(["sh", "-c", "lp " + name], check=True)
    # ruleid: shell-built-from-argument
    subprocess.check_output(["/bin/bash", "-lc", f"lp {name}"])
    # ruleid: shell-built-from-argument
    os.execlp("sh", "sh", "-c", "lp " + name)
    # ok: shell-built-from-argument
    subprocess.run(["sh", "-c", 'lp "$1"', "sh", f"label={name}"], check=True)
    # ok: shell-built-from-argument
    subprocess.run(["ssh", "-c", f"cipher-{name}"], check=True)
    # ok: shell-built-from-argument
    subprocess.run(["sh", "install.sh", f"--prefix={name}"], check=True)


def other_spellings(name):
    # ruleid: shell-built-from-argument
    subprocess.run(args="lp " + name, shell=True)
    # ruleid: shell-built-from-argument
    subprocess.run("lp " + name, shell=1)
    # ruleid: shell-built-from-argument
    subprocess.getoutput("lp " + name)
    # ok: shell-built-from-argument
    subprocess.run(args=["lp", "-o" + name], check=True)
    # ok: shell-built-from-argument
    subprocess.getoutput("lpstat")


def put_together(name):
    # ruleid: shell-built-from-argument
    os.system(" ".join(["lp", name]))
    # ok: shell-built-from-argument
    subprocess.run(" ".join(["lp", name]).split(), check=True)


def added_to(name):
    command = "lp "
    command += name
    # ruleid: shell-built-from-argument
    os.system(command)


def a_list(name):
    # ok: shell-built-from-argument
    subprocess.run(["lp", "-o", f"label={name}"], check=True)
    # ok: shell-built-from-argument
    subprocess.run(f"lp -o label={name}", shell=False, check=False)


def constant():
    # ok: shell-built-from-argument
    subprocess.run(f"lpstat -p {QUEUE}", shell=True, check=True)


def quoted(name):
    # ok: shell-built-from-argument
    os.system("ping -c 1 " + shlex.quote(name))


def number(count):
    # ok: shell-built-from-argument
    os.system(f"ping -c {int(count)} localhost")


def whole_command(command):
    # ok: shell-built-from-argument
    subprocess.run(command, shell=True, check=True)


@click.command()
@click.argument("name")
def typed_by_the_user(name):
    # ok: shell-built-from-argument
    os.system(f"lp {name}")


@invoke.task
def chore(name):
    # ok: shell-built-from-argument
    os.system(f"lp {name}")


def _private(queue):
    # ok: shell-built-from-argument
    os.system(f"lpstat -p {queue}")
