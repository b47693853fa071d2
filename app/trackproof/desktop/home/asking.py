"""Which package came back, and where its results are."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from trackproof.desktop.theme import GRID


class SourceDialog(QDialog):
    """Two places: what was sent, and what came back."""

    def __init__(self, package: str, results: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("home_source")
        self.setWindowTitle("Merge results of a job")
        self.setMinimumWidth(560)
        self.package = QLineEdit(package)
        self.package.setPlaceholderText("The exported folder, or s3://bucket/folder/")
        self.results = QLineEdit(results)
        self.results.setPlaceholderText(
            "A folder of results or an output manifest, here or in s3://…"
        )
        form = QFormLayout()
        form.addRow("What was sent", self._with_button(self.package, "Folder of the package"))
        form.addRow("What came back", self._with_button(self.results, "Folder of the results"))
        note = QLabel("The Jobs panel knows both by itself, for jobs that were launched here.")
        note.setProperty("dim", "true")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.compare = QPushButton("Compare")
        self.compare.setDefault(True)
        self.buttons.addButton(self.compare, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addLayout(form)
        column.addWidget(note)
        column.addWidget(self.buttons)
        for field in (self.package, self.results):
            field.textChanged.connect(self._refresh)
        self._refresh()

    def _with_button(self, field: QLineEdit, title: str) -> QHBoxLayout:
        button = QPushButton("Choose …")
        button.setAutoDefault(False)
        button.clicked.connect(partial(self._choose, field, title))
        row = QHBoxLayout()
        row.addWidget(field, 1)
        row.addWidget(button)
        return row

    def _choose(self, field: QLineEdit, title: str, *_state: object) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(field.setText)
        dialog.open()

    def _refresh(self) -> None:
        self.compare.setEnabled(bool(self.package.text().strip() and self.results.text().strip()))
