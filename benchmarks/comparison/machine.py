"""What the figures were measured on."""

import os
import platform

# What the kernels of either side can make use of, as Linux calls it on x86 and on ARM.
_FEATURES = (
    "avx2 fma f16c avx_vnni avx512f avx512bw avx512vl avx512_vnni avx512_bf16 amx_int8 amx_bf16"
    " asimddp asimdhp i8mm bf16 sve sve2"
).split()


def description():
    processor = _fields("/proc/cpuinfo")
    memory = int(_fields("/proc/meminfo")["MemTotal"].split()[0])
    flags = (processor.get("flags") or processor.get("Features", "")).split()
    present = " ".join(feature for feature in _FEATURES if feature in flags)
    name = processor.get("model name", platform.machine())
    return (
        f"{name}, {os.cpu_count()} processors, {memory / 2**20:.1f} GiB, {platform.system()} {platform.release()};"
        f" {present}"
    )


def forget(file):
    """What is read of the file next comes from the disk. A file that was written lately lies in small pages, and is read a tenth more slowly than one that was read."""
    if not hasattr(os, "posix_fadvise"):
        return
    with open(file, "rb") as opened:
        # What is not on the disk yet stays.
        os.fsync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def load():
    """How many processes wanted a processor in the last minute, on average."""
    return os.getloadavg()[0]


def _fields(file):
    """The first value of each name in a file of lines 'name: value'."""
    fields = {}
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            fields.setdefault(name.strip(), value.strip())
    return fields
