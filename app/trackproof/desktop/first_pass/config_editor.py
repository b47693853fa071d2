"""Write a label category configuration: a tree of entries, fields for one, and what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.first_pass.config_forms import (
    AttributeForm,
    EntryForm,
    JobForm,
    LabelForm,
)
from trackproof.desktop.notices import banner_of_error
from trackproof.errors import Severity
from trackproof.handoff.config_draft import FRAME, GLOBAL, LABELS, OWN, ConfigDraft
from trackproof.handoff.subjects import config_sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trackproof.desktop.session import Session
    from trackproof.handoff.config_draft import Place
    from trackproof.progress import Progress

KINDS = "Label category configurations (*.json);;All files (*)"
HEADS = {LABELS: "Labels", GLOBAL: "Attributes of every label", FRAME: "Attributes of frames"}
JOB = "Job and instructions"
READ_LINE = "read categories"
FILE_NAME = "label-categories.json"
PROBLEMS_SHOWN = 4
PLACE = Qt.ItemDataRole.UserRole
TREE_WIDTH = 260


class ConfigEditor(QDialog):
    """One configuration, checked against the service's limits with every key stroke.

    Emits `saved` with the path of a file that was written.
    """

    saved = Signal(str)

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        *,
        document: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._is_changed = False
        self.draft = ConfigDraft(document)
        self.setObjectName("config_editor")
        self.setWindowTitle("Label categories")
        self.resize(QSize(820, 600))
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName("Labels and attributes")
        self.tree.currentItemChanged.connect(self._show_entry)
        self.add_label = QPushButton("Add label")
        self.add_label.clicked.connect(self._add_label)
        self.add_attribute = QPushButton("Add attribute")
        self.add_attribute.setToolTip("To the label, or the list, that is chosen")
        self.add_attribute.clicked.connect(self._add_attribute)
        self.up, self.down = QPushButton("Up"), QPushButton("Down")
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.remove = QPushButton("Remove")
        self.remove.clicked.connect(self._remove)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setAccessibleName("What the service would refuse")
        self._lay_out()
        self._rebuild((LABELS, 0))

    def _lay_out(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.open_button = QPushButton("Open …")
        self.open_button.clicked.connect(self._ask_open)
        self.save_button = QPushButton("Save as …")
        self.save_button.clicked.connect(self._ask_save)
        role = QDialogButtonBox.ButtonRole
        self.buttons.addButton(self.open_button, role.ResetRole)
        self.buttons.addButton(self.save_button, role.ActionRole)
        self.buttons.rejected.connect(self.reject)
        adding, moving = QHBoxLayout(), QHBoxLayout()
        for button in (self.add_label, self.add_attribute):
            adding.addWidget(button)
        for button in (self.up, self.down, self.remove):
            moving.addWidget(button)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.tree, 1)
        column.addLayout(adding)
        column.addLayout(moving)
        split = QSplitter()
        split.addWidget(left)
        split.addWidget(self.area)
        split.setStretchFactor(1, 1)
        split.setSizes([TREE_WIDTH, self.width() - TREE_WIDTH])
        split.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.addWidget(split, 1)
        whole.addWidget(self.words)
        whole.addWidget(self.buttons)
        # Enter belongs to the field that is being typed in.
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)

    # -- the tree

    def _rebuild(self, chosen: Place) -> None:
        self.tree.blockSignals(True)
        self.tree.clear()
        job = QTreeWidgetItem([JOB])
        job.setData(0, PLACE, ())
        self.tree.addTopLevelItem(job)
        items: dict[Place, QTreeWidgetItem] = {(): job}
        for name, title in HEADS.items():
            head = QTreeWidgetItem([title])
            head.setData(0, PLACE, (name,))
            self.tree.addTopLevelItem(head)
            items[(name,)] = head
        for place in self.draft.places():
            parent = items[place[:-2] if OWN in place else place[:-1]]
            item = QTreeWidgetItem([self._title(place)])
            item.setData(0, PLACE, place)
            parent.addChild(item)
            items[place] = item
        self.tree.expandAll()
        self.tree.blockSignals(False)
        self.tree.setCurrentItem(items.get(chosen, items[()]))
        self._tell()

    def _title(self, place: Place) -> str:
        entry = self.draft.entry(place)
        return str(entry.get("label" if len(place) == 2 and place[0] == LABELS else "name", "…"))

    @property
    def place(self) -> Place:
        """Where in the document the chosen entry stands."""
        item = self.tree.currentItem()
        return tuple(item.data(0, PLACE)) if item is not None else ()

    def _is_entry(self) -> bool:
        return bool(self.place) and isinstance(self.place[-1], int)

    def _show_entry(self, *_: object) -> None:
        place, form = self.place, self._form()
        if isinstance(form, EntryForm):
            form.changed.connect(self._on_changed)
        self.area.setWidget(form)
        is_entry = self._is_entry()
        siblings = len(self.draft.entry(place[:-1])) if is_entry else 0
        self.remove.setEnabled(is_entry)
        self.up.setEnabled(is_entry and place[-1] != 0)
        self.down.setEnabled(is_entry and place[-1] != siblings - 1)
        self.add_attribute.setEnabled(bool(place) and place != (LABELS,))

    def _form(self) -> QWidget:
        place = self.place
        if not place:
            return JobForm(self.draft)
        if len(place) == 1:
            return _hint(str(place[0]))
        if place[0] == LABELS and len(place) == 2:
            return LabelForm(self.draft, place)
        return AttributeForm(self.draft, place)

    def _on_changed(self) -> None:
        self._is_changed = True
        item = self.tree.currentItem()
        if item is not None and self._is_entry():
            item.setText(0, self._title(self.place))
        self._tell()

    # -- what the buttons do

    def _add_label(self) -> None:
        self._restructure(self.draft.add_label())

    def _add_attribute(self) -> None:
        place = self.place
        of: Place = place[:2] if place[0] == LABELS else place[:1]
        self._restructure(self.draft.add_attribute(of))

    def _move(self, by: int) -> None:
        self._restructure(self.draft.move(self.place, by))

    def _remove(self) -> None:
        place = self.place
        self.draft.remove(place)
        near = (*place[:-1], max(int(place[-1]) - 1, 0))
        self._restructure(near if near in self.draft.places() else place[:1])

    def _restructure(self, chosen: Place) -> None:
        self._is_changed = True
        self._rebuild(chosen)

    def _tell(self) -> None:
        problems = self.draft.problems()
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        theme = self._session.theme
        document = self.draft.document
        shown = [
            config_sentence(document, one.location or "", one.message)
            for one in [*errors, *problems]
        ]
        shown = list(dict.fromkeys(shown))
        more = len(shown) - PROBLEMS_SHOWN
        lines = [*shown[:PROBLEMS_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        self.words.setText("\n".join(lines) or "Every limit of the service is kept.")
        colour = theme.danger if errors else theme.warn if problems else theme.text_dim
        self.words.setStyleSheet(f"color: {colour.name()}")

    # -- files

    def _ask_open(self) -> None:
        dialog = QFileDialog(self, "Open label categories")
        dialog.setNameFilter(KINDS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.load)
        dialog.open()

    def load(self, path: str) -> None:
        """Read a configuration, in the background."""

        def read(_progress: Progress) -> Mapping[str, Any]:
            from trackproof.handoff.footage import read_categories

            return read_categories(Path(path))

        self._run(f"Reading {Path(path).name}", read, self._take, line=READ_LINE)

    def _take(self, document: Mapping[str, Any]) -> None:
        self.draft = ConfigDraft(document)
        self._is_changed = False
        self._rebuild((LABELS, 0))

    def _ask_save(self) -> None:
        dialog = QFileDialog(self, "Save label categories")
        dialog.setNameFilter(KINDS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(FILE_NAME)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    def save_to(self, path: str) -> None:
        """Write the configuration, in the background; the file dialog asked before replacing."""
        data = self.draft.encoded()

        def write(_progress: Progress) -> tuple[str, bytes]:
            from trackproof.storage import write_atomic

            write_atomic(path, data, overwrite=True)
            return path, data

        self._run(f"Saving {Path(path).name}", write, self._written)

    def _written(self, saved: tuple[str, bytes]) -> None:
        path, data = saved
        # What was typed while it was written is not in the file.
        self._is_changed = self.draft.encoded() != data
        self.words.setText(f"Saved as {path}")
        self.saved.emit(path)

    def _run(self, title: str, work: Any, take: Any, *, line: str = "") -> None:
        self._session.tasks.start(title, work, succeeded=take, failed=self._fail, line=line)

    def _fail(self, error: BaseException) -> None:
        self.words.setText(banner_of_error(error, doing="the label categories").text)
        self.words.setStyleSheet(f"color: {self._session.theme.danger.name()}")

    def reject(self) -> None:
        """Close; changes that were not saved are asked about once."""
        if self._is_changed and self.buttons.property("asked") is not True:
            self.buttons.setProperty("asked", True)
            self.words.setText("Changes are not saved. Save them, or close again to discard them.")
            self.words.setStyleSheet(f"color: {self._session.theme.warn.name()}")
            return
        super().reject()


def _hint(name: str) -> QLabel:
    texts = {
        LABELS: "Categories that workers choose from, at most 30.",
        GLOBAL: "Questions about every object, whatever its label. With a label's own at most 10.",
        FRAME: "Questions about a frame as a whole, at most 10.",
    }
    label = QLabel(texts[name])
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setMargin(12)
    return label
