"""Photos that customers send with a claim (교환·반품 증빙 사진): taken in, looked at, kept sealed, shown, deleted.

One address a file. The picture is decoded in a process of its own and only our re-encoding of it is kept.
"""
