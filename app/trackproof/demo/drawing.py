"""Drawing the demo scene: street, cars and people, and the exact outline of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from trackproof.demo.scene import Actor, Camera

    Floats = npt.NDArray[np.float64]
    Picture = npt.NDArray[np.uint8]
    Bgr = tuple[int, int, int]
    Point = tuple[float, float]
    Corners = list[tuple[float, float, float]]
    Paint = Callable[[Corners, Bgr], None]

SUBPIXEL_BITS = 4
BACKGROUND_MARGIN = 420
"""Pixels painted beyond the picture on each side, for the pan."""

CAR_LENGTH_M, CAR_WIDTH_M = 4.3, 1.8
PERSON_HEIGHT_M = 1.76
STEP_M = 0.72


def background(camera: Camera, *, seed: int) -> Picture:
    """Return the empty street for a camera that looks straight ahead, with a margin for the pan.

    Returns
    -------
    (height + 2 m, width + 2 m, 3) uint8 BGR, with m = `BACKGROUND_MARGIN`.
    """
    rng = np.random.default_rng(seed)
    m = BACKGROUND_MARGIN
    height, width = camera.height + 2 * m, camera.width + 2 * m
    picture = np.empty((height, width, 3), dtype=np.uint8)
    down = np.linspace(0.0, 1.0, height)[:, None, None]
    picture[:] = np.array([235, 214, 188]) + down * np.array([-30, -10, 30])

    def paint(corners: Corners, colour: Bgr) -> None:
        fill(picture, camera.project_turned(np.array(corners), 0.0) + m, colour)

    def ground(near: float, far: float, colour: Bgr, left: float = -60, right: float = 60) -> None:
        paint([(left, 0, near), (right, 0, near), (right, 0, far), (left, 0, far)], colour)

    ground(3.0, 400.0, (104, 122, 116))
    _houses(paint, rng)
    ground(22.3, 27.5, (148, 154, 158))
    ground(3.0, 11.6, (150, 156, 161))
    ground(11.6, 22.3, (92, 90, 89))
    ground(11.55, 11.75, (186, 190, 192))
    ground(22.2, 22.4, (186, 190, 192))
    for x in np.arange(-40.0, 40.0, 4.0):
        ground(16.0, 16.15, (205, 211, 214), x, x + 2.0)
    for z in np.arange(12.3, 20.4, 1.1):
        ground(z, z + 0.55, (196, 201, 204), 1.2, 3.6)
    for x in np.arange(-40.0, 40.0, 1.5):
        ground(3.0, 11.55, (140, 146, 151), x, x + 0.03)
        ground(22.4, 27.5, (140, 146, 151), x, x + 0.04)
    texture = rng.normal(0.0, 3.0, (height // 2, width // 2))
    grain = cv2.resize(texture, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    return np.asarray(np.clip(picture + grain, 0, 255), dtype=np.uint8)


def _houses(paint: Paint, rng: np.random.Generator) -> None:
    x = -60.0
    walls = [(152, 170, 188), (128, 146, 170), (164, 174, 178), (140, 158, 164), (120, 132, 150)]
    while x < 60.0:
        width, height = rng.uniform(6.0, 11.0), rng.uniform(6.5, 11.0)
        wall = walls[int(rng.integers(len(walls)))]
        z = 27.5
        paint([(x, 0, z), (x + width, 0, z), (x + width, height, z), (x, height, z)], wall)
        roof = _shade(wall, 0.7)
        paint(
            [(x, height, z), (x + width, height, z), (x + width, height + 0.35, z),
             (x, height + 0.35, z)],
            roof,
        )  # fmt: skip
        for floor in np.arange(1.0, height - 1.6, 2.8):
            for window in np.arange(x + 0.8, x + width - 1.3, 2.0):
                shade = int(rng.integers(66, 112))
                paint(
                    [(window, floor, z), (window + 1.1, floor, z), (window + 1.1, floor + 1.5, z),
                     (window, floor + 1.5, z)],
                    (shade + 22, shade + 10, shade),
                )  # fmt: skip
        x += width + rng.uniform(0.0, 1.2)


def view(backdrop: Picture, camera: Camera, *, frame: int) -> Picture:
    """Return the street as the panned and shaken camera sees it; exact, since it only turns."""
    centre_x, centre_y = camera.width / 2, camera.height / 2
    m = BACKGROUND_MARGIN
    lens = np.array([[camera.focal_px, 0, centre_x], [0, camera.focal_px, centre_y], [0, 0, 1.0]])
    wide = lens + np.array([[0, 0, m], [0, 0, m], [0, 0, 0.0]])
    turn = camera.rotation(camera.yaw_at(frame)) @ camera.rotation(0.0).T
    shift = np.eye(3)
    shift[:2, 2] = camera.shake_px[frame]
    homography = shift @ lens @ turn @ np.linalg.inv(wide)
    seen = cv2.warpPerspective(backdrop, homography, (camera.width, camera.height))
    return np.asarray(seen, dtype=np.uint8)


def draw_actor(picture: Picture, actor: Actor, camera: Camera, *, frame: int) -> Floats:
    """Draw one object into the picture and return its exact box.

    Returns
    -------
    (4,) float64
        The xywh box around everything drawn of the object but its shadow, not clipped.
    """
    draw = _draw_car if actor.category == "Vehicle" else _draw_person
    outline = draw(picture, actor, camera, frame)
    low, high = outline.min(axis=0), outline.max(axis=0)
    return np.concatenate([low, high - low])


def fill(picture: Picture, polygon: Floats, colour: Bgr) -> None:
    """Fill a polygon with soft edges at sub-pixel precision."""
    bounded = np.clip(polygon, -4000, 8000)
    corners = np.round(bounded * (1 << SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(picture, [corners], colour, cv2.LINE_AA, SUBPIXEL_BITS)


def _shade(colour: Bgr, factor: float) -> Bgr:
    blue, green, red = (int(np.clip(c * factor, 0, 255)) for c in colour)
    return blue, green, red


def _shadow(picture: Picture, outline: Floats) -> None:
    """Darken the ground under an object."""
    low = np.floor(outline.min(axis=0)).astype(int) - 2
    high = np.ceil(outline.max(axis=0)).astype(int) + 3
    left, top = np.maximum(low, 0)
    right, bottom = np.minimum(high, picture.shape[1::-1])
    if right <= left or bottom <= top:
        return
    region = picture[top:bottom, left:right]
    dark = (region * 0.62).astype(np.uint8)
    mask = np.zeros(region.shape[:2], dtype=np.uint8)
    fill(mask, outline - (left, top), (255, 255, 255))
    blend = (mask.astype(np.float32) / 255.0)[..., None]
    region[:] = (region * (1 - blend) + dark * blend).astype(np.uint8)


def _solid(
    actor: Actor, frame: int, low: tuple[float, float, float], high: tuple[float, float, float],
    taper: float = 0.0,
) -> Floats:  # fmt: skip
    """Return the 8 world corners of a block in the car's own axes (along, up, across)."""
    along = np.array([low[0], high[0]])
    corners = []
    for level, inset in ((low[1], 0.0), (high[1], taper)):
        for x, z in ((0, 0), (1, 0), (1, 1), (0, 1)):
            edge = along[x] + (inset if x == 0 else -inset)
            corners.append((edge, level, (low[2], high[2])[z]))
    local = np.array(corners)
    turn = actor.heading(frame)
    x, z = actor.place(frame)
    world = np.empty_like(local)
    world[:, 0] = x + local[:, 0] * np.cos(turn) - local[:, 2] * np.sin(turn)
    world[:, 1] = local[:, 1]
    world[:, 2] = z + local[:, 0] * np.sin(turn) + local[:, 2] * np.cos(turn)
    return world


SIDES = ((0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7))
TOP = (4, 5, 6, 7)


def _draw_car(picture: Picture, actor: Actor, camera: Camera, frame: int) -> Floats:
    half, side = CAR_LENGTH_M / 2, CAR_WIDTH_M / 2
    ground = camera.project(
        _solid(actor, frame, (-half, 0.0, -side), (half, 0.01, side))[:4], frame=frame
    )
    _shadow(picture, ground)
    points = [_draw_wheels(picture, actor, camera, frame)]
    body = _solid(actor, frame, (-half, 0.28, -side), (half, 0.86, side))
    cabin = _solid(actor, frame, (-half * 0.62, 0.86, -side * 0.9), (half * 0.5, 1.42, side * 0.9),
                   taper=0.34)  # fmt: skip
    points.append(_draw_block(picture, body, camera, frame, actor.colour_bgr, actor.colour_bgr))
    points.append(_draw_block(picture, cabin, camera, frame, (78, 70, 62), actor.colour_bgr))
    return np.concatenate(points)


def _draw_block(
    picture: Picture, corners: Floats, camera: Camera, frame: int, sides: Bgr, top: Bgr
) -> Floats:
    """Draw the faces of a block that look at the camera, the far ones first."""
    seen = camera.project(corners, frame=frame)
    faces = sorted(SIDES, key=lambda face: -corners[list(face), 2].mean())
    for face, light in zip(faces, (0.55, 0.66, 0.78, 0.95), strict=True):
        fill(picture, seen[list(face)], _shade(sides, light))
    fill(picture, seen[list(TOP)], _shade(top, 1.12))
    return seen


def _draw_wheels(picture: Picture, actor: Actor, camera: Camera, frame: int) -> Floats:
    turns = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    drawn = []
    for across in (CAR_WIDTH_M / 2, -CAR_WIDTH_M / 2):
        for along in (-1.35, 1.35):
            rim = _solid(actor, frame, (along, 0.33, across), (along, 0.33, across))[0]
            turn = actor.heading(frame)
            circle = np.empty((len(turns), 3))
            circle[:, 0] = rim[0] + 0.33 * np.cos(turns) * np.cos(turn)
            circle[:, 1] = rim[1] + 0.33 * np.sin(turns)
            circle[:, 2] = rim[2] + 0.33 * np.cos(turns) * np.sin(turn)
            seen = camera.project(circle, frame=frame)
            fill(picture, seen, (38, 36, 35))
            fill(picture, (seen - seen.mean(axis=0)) * 0.5 + seen.mean(axis=0), (150, 150, 150))
            drawn.append(seen)
    return np.concatenate(drawn)


def _draw_person(picture: Picture, actor: Actor, camera: Camera, frame: int) -> Floats:
    x, z = actor.place(frame)
    swing = np.sin(np.pi * actor.walked(frame) / STEP_M) * 0.16
    feet = np.array([[x - 0.3, 0.0, z - 0.16], [x + 0.3, 0.0, z - 0.16], [x + 0.3, 0.0, z + 0.16],
                     [x - 0.3, 0.0, z + 0.16]])  # fmt: skip
    _shadow(picture, camera.project(feet, frame=frame))
    clothes = actor.colour_bgr
    trousers = _shade(clothes, 0.42)
    skin = (134, 164, 204)
    parts: list[tuple[list[Point], Bgr]] = [
        (_limb((0.04, 0.86), (-swing, 0.0), 0.085), _shade(trousers, 0.8)),
        (_limb((0.0, 1.38), (swing * 0.9, 0.86), 0.06), _shade(clothes, 0.75)),
        (_limb((-0.04, 0.86), (swing, 0.0), 0.085), trousers),
        ([(-0.2, 1.46), (0.2, 1.46), (0.17, 0.82), (-0.17, 0.82)], clothes),
        (_limb((0.0, 1.4), (-swing * 0.9, 0.86), 0.06), _shade(clothes, 0.88)),
        (_oval((0.0, 1.62), 0.115, 0.14), skin),
        (_oval((0.0, 1.685), 0.118, 0.075), (44, 48, 58)),
    ]
    points = []
    for polygon, colour in parts:
        flat = np.array(polygon)
        world = np.column_stack([x + flat[:, 0], flat[:, 1], np.full(len(flat), z)])
        seen = camera.project(world, frame=frame)
        fill(picture, seen, colour)
        points.append(seen)
    return np.concatenate(points)


def _limb(top: Point, end: Point, thick: float) -> list[Point]:
    return [
        (top[0] - thick, top[1]),
        (top[0] + thick, top[1]),
        (end[0] + thick * 0.8, end[1]),
        (end[0] - thick * 0.8, end[1]),
    ]


def _oval(centre: Point, wide: float, high: float) -> list[Point]:
    turns = np.linspace(0, 2 * np.pi, 18, endpoint=False)
    return [(centre[0] + wide * np.cos(t), centre[1] + high * np.sin(t)) for t in turns]
