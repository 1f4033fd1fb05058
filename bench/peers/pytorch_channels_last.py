"""PyTorch with images in the order of NHWC, for which its convolutions have other kernels."""
import torch

from harness import peer
from pytorch import images

peer(dict(version=torch.__version__, **images(torch.channels_last)))
