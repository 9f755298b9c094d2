"""Reward: what to do, learned from how good what was done turned out to be."""

from .advantage import advantages as advantages
from .advantage import surprise_step as surprise_step
from .gaussian import GaussianPolicy as GaussianPolicy
from .gaussian import log_density as log_density
from .ppo import PPOParams as PPOParams
from .ppo import clipped_gain as clipped_gain
from .ppo import ppo_loss as ppo_loss
from .taken import Taken as Taken
from .taken import World as World
from .taken import take as take
from .told import Told as Told
