"""Questions 4 to 6 of lab stdp-digits: who wins, what a cell means, how many cells a digit gets.

    share       part of all pictures that the busiest cell won: fired most, and at all
    accuracy    part of new pictures whose digit is named: each cell gets the digit to which it
                fired most on average *in training*, each picture the one whose cells fire most
    cells       a cell steps back when it has won its part, so a digit that makes up a part
                ``common`` of the pictures gets about that part of the cells

    symbol    meaning                                       shape     unit
    counts    spikes of the cells, in training pictures     (B, N)    -
    y         digits of these                               (B,)      -
    new       spikes in new pictures                        (K, N)    -
    truth     digits of these                               (K,)      -

Functions are tried on drawn counts, against loops that do it picture by picture; the two answers
that are numbers alone, on what theory says and on a network's own cells.

Reference: Diehl & Cook (2015), doi:10.3389/fncom.2015.00099
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .stdp_digits_network import UNITS
from .stdp_digits_step import name_slip
from .values import Blank, Wrong, array, call, is_blank, number

CELLS, CLASSES, SEED = 40, 10, 26  # of the drawn counts


def _parts(value: Any, names: tuple[str, ...]) -> tuple:
    if not isinstance(value, list | tuple) or len(value) != len(names):
        raise Wrong(f"Pass {len(names)} things: ({', '.join(names)}).")
    return tuple(value)


# Question 4


@functools.cache
def drawn_wins() -> np.ndarray:
    """Counts (75, 6): cell 4 wins most, cell 2 fires most in all, 30 pictures are silent."""
    chance = np.random.default_rng(3)
    counts = np.zeros((75, 6), int)
    for b, winner in enumerate(chance.permutation(np.repeat([4, 2, 1, 3, 5], [19, 9, 7, 6, 4]))):
        counts[b] = chance.integers(0, 4, 6)
        counts[b, winner] = 30 if winner == 2 else 6
    return chance.permutation(counts)


def share(counts: np.ndarray) -> float:
    """By a loop over the pictures."""
    won: dict[int, int] = {}
    for picture in counts.tolist():
        if max(picture):
            winner = picture.index(max(picture))
            won[winner] = won.get(winner, 0) + 1
    return max(won.values()) / len(counts)


def judge_share(value: Any) -> str:
    function, guesses, measured = _parts(value, ("share", "guesses", "measured"))
    counts = drawn_wins()
    found, right = number(call(function, counts.copy())), share(counts)
    answered = right * len(counts) / counts.any(1).sum()
    if min(abs(found - right), abs(found - answered)) > 1e-6:
        name_slip(
            found,
            {
                "This is the busiest cell's part of all spikes. Count the pictures that it wins.": (
                    counts.sum(0).max() / counts.sum()
                ),
                "A picture in which no cell fired has no winner; argmax says cell 0 there.": (
                    np.bincount(counts.argmax(1)).max() / len(counts)
                ),
                "This is the number of pictures; divide by how many there are.": (
                    right * len(counts)
                ),
                "This is a percentage; a fraction is asked.": 100 * right,
                "This is the busiest cell's number. What part did it win?": 4.0,
                "To fire is not to win: the cell that fires most in a picture wins it.": (
                    (counts > 0).mean(0).max()
                ),
            },
        )
        raise Wrong(f"Of {len(counts)} pictures one cell wins {right:.3f}; you find {found:.3f}.")
    if is_blank(guesses) or is_blank(measured):
        raise Blank
    guesses, measured = array(guesses).ravel(), array(measured).ravel()
    if guesses.size != 3 or measured.size != 3:
        raise Wrong("Guesses and measured are three each: all parts, no rise, no scaling.")
    if ((guesses < 0) | (guesses > 1)).any():
        raise Wrong("Guesses are fractions from 0 to 1, not per cent.")
    _judge_guesses(guesses)
    listed = ", ".join(f"{part:.2f}" for part in measured)
    return f"Busiest cell's part {listed}: the rising threshold deals the pictures out."


def _judge_guesses(guesses: np.ndarray) -> None:
    whole, fixed, unscaled = guesses
    if whole > 0.2:
        raise Wrong("With all parts a cell that wins often becomes hard to excite. Guess lower.")
    if fixed < 0.3:
        raise Wrong("Who learns fires sooner, and nothing stops it now. Guess higher.")
    if unscaled > 0.2:
        raise Wrong(
            "Without scaling the target still shrinks the weights of silent inputs, and thresholds "
            "still rise. Guess lower."
        )


# Question 5


@functools.cache
def drawn_counts() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """counts, y, new and truth: cells with a favourite digit each, which not all of them keep.

    Digits are not equally common, and not all have as many cells. Numbers are so large that hardly
    any two are equal, as a tie may be broken either way.
    """
    chance = np.random.default_rng(SEED)
    likes = np.concatenate([np.arange(30) % CLASSES, chance.choice([0, 1, 7], CELLS - 30)])
    rate = chance.uniform(0.5, 3, (CLASSES, CELLS))
    rate[likes, np.arange(CELLS)] = 4.0
    later = rate[:, chance.permutation(CELLS)]
    odds = np.array([2, 1.5, 1, 1, 1, 1, 1, 1, 1, 1])
    y = np.concatenate([np.arange(CLASSES), chance.choice(CLASSES, 300, p=odds / odds.sum())])
    truth = np.concatenate([np.arange(CLASSES), chance.choice(CLASSES, 160)])
    half = 0.6 * rate + 0.4 * later
    counts, new = (chance.gamma(2, 1e4 * r).astype(int) for r in (rate[y], half[truth]))
    return counts, y, new, truth


def labels_of(counts: np.ndarray, y: np.ndarray, of: Callable = np.mean) -> list[int]:
    """The digit that each cell fired most to, by ``of`` its counts in the digit's pictures."""
    found = []
    for cell in range(counts.shape[1]):
        answers = [of(counts[y == digit, cell]) for digit in range(CLASSES)]
        found.append(int(np.argmax(answers)))
    return found


def read(new: np.ndarray, labels: list[int], of: Callable = np.mean) -> np.ndarray:
    """The digit of each picture: that whose cells fired most."""
    said = []
    for picture in new:
        fired = [
            [c for c, label in zip(picture, labels, strict=True) if label == digit]
            for digit in range(CLASSES)
        ]
        said.append(int(np.argmax([of(cells) if cells else -1.0 for cells in fired])))
    return np.array(said)


@functools.cache
def readings() -> dict[str, float]:
    """What is found on the drawn counts, by the right way ("") and by slips."""
    counts, y, new, truth = drawn_counts()
    honest, flattered = labels_of(counts, y), labels_of(new, truth)

    def part(labels: list[int], of: Callable = np.mean) -> float:
        return float((read(new, labels, of) == truth).mean())

    busiest = np.array(honest)[new.argmax(1)]
    right = part(honest)
    return {
        "": right,
        "You label the cells by the pictures that judge them. Labels come from counts and y, "
        "truth is for the end.": part(flattered),
        "You read the training pictures again. The cells are judged on new ones.": float(
            (read(counts, honest) == y).mean()
        ),
        "Your labels add up spikes, so they go to digits that came often. Take the mean over the "
        "pictures of a digit.": part(labels_of(counts, y, np.sum)),
        "Your vote adds up spikes, so digits with many cells win. Take the mean over the cells of "
        "a digit.": part(honest, np.sum),
        "You ask the busiest cell alone. Ask all cells of a digit, and take their mean.": float(
            (busiest == truth).mean()
        ),
        "This is the part that is wrong; the part that is right is asked.": 1 - right,
        "This is a percentage; a fraction is asked.": 100 * right,
        "This is how many are right; divide by how many there are.": right * len(truth),
    }


def judge_accuracy(value: Any) -> str:
    function, guess, measured = _parts(value, ("accuracy", "guess", "measured"))
    found = number(call(function, *(part.copy() for part in drawn_counts())))
    known = dict(readings())
    right = known.pop("")
    if abs(found - right) > 1e-6:
        name_slip(found, known, near=1e-4)
        raise Wrong(f"On counts of our own {right:.3f} are right; you find {found:.3f}.")
    guess = number(guess, what="For the guess, one number")
    measured = number(measured, what="For the measured part, one number")
    if not 0 <= guess <= 1:
        raise Wrong("The guess is a fraction from 0 to 1, not per cent.")
    return f"Your cells read {measured:.2f} of the new pictures, by labels from training alone."


# Question 6


def judge_cells(value: Any) -> str:
    first, second, common, predicted, found = _parts(
        value, ("first", "second", "common", "predicted", "found")
    )
    first, second, common, predicted = (
        number(part, what=f"For {name}, one number")
        for part, name in zip(
            (first, second, common, predicted),
            ("first", "second", "common", "predicted"),
            strict=True,
        )
    )
    if first not in range(10) or second not in range(10) or first == second:
        raise Wrong("Take two different digits from 0 to 9.")
    if not 0.6 <= common <= 0.8:
        raise Wrong(f"Take a part from 0.6 to 0.8 for the common digit, got {common:g}.")
    right = UNITS * common
    if abs(predicted - right) > 5:
        known = {
            "Half of the cells for each digit? A cell steps back after each picture that it wins, "
            "so cells go by pictures.": UNITS / 2,
            "All cells for the common digit? Those that won often are hard to excite, and the rare "
            "digit finds others.": float(UNITS),
            "These are the cells of the rare digit.": UNITS - right,
            "This is a fraction. How many of the 100 cells?": common,
        }
        name_slip(predicted, known)
        raise Wrong(f"{predicted:.4g} cells are too {'few' if predicted < right else 'many'}.")
    found = number(found, what="For what you found, one number")
    if abs(found - (UNITS - right)) < 6 and abs(found - right) > 15:
        raise Wrong("You counted the cells of the rare digit.")
    if abs(found - right) > 15:
        raise Wrong(
            f"You found {found:.4g} cells; our networks gave the common digit {right - 15:.0f} to "
            f"{right + 15:.0f}. Count the cells with more spikes in row 0 than in row 1."
        )
    return f"Predicted {predicted:.0f} of {UNITS} cells, found {found:.0f}."
