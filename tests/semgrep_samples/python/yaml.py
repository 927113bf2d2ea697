import yaml


def settings(text):
    # ruleid: yaml-full-load
    first = yaml.load(text, Loader=yaml.Loader)
    # ruleid: yaml-full-load
    second = yaml.unsafe_load(text)
    # ruleid: yaml-full-load
    third = yaml.load(text, yaml.UnsafeLoader)
    # ok: yaml-full-load
    fourth = yaml.load(text, Loader=yaml.SafeLoader)
    # ok: yaml-full-load
    fifth = yaml.safe_load(text)
    return first, second, third, fourth, fifth
