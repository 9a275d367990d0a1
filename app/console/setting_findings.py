"""Which findings stand beside which group of the page 설정."""

from collections.abc import Mapping

from commands.kernel.who import Language
from commands.shapes import FindingShape

from .setting_places import PLACES, SECTIONS
from .words import findings_once

WAREHOUSE = "wms"


def by_section(
    findings: Mapping[str, list[FindingShape]], language: Language
) -> dict[str, list[FindingShape]]:
    """By the setting that a finding names, else by the command that found it; what the warehouse keeps a command from
    stands with both. What several commands say of one setting is said once.
    """
    found: dict[str, list[FindingShape]] = {}
    homes = {command: section.name for section in SECTIONS for command in section.commands}
    for command, own in findings.items():
        for finding in own:
            for home in _homes(finding, homes.get(command)):
                found.setdefault(home, []).append(finding)
    return {name: _once(findings_once(own, language)) for name, own in found.items()}


def _homes(finding: FindingShape, of_command: str | None) -> list[str]:
    of_setting = PLACES.get(finding.setting_path or "")
    if of_setting == WAREHOUSE and of_command:
        return [of_setting, of_command]
    return [of_setting or of_command or "commands"]


def _once(findings: list[FindingShape]) -> list[FindingShape]:
    seen: dict[object, FindingShape] = {}
    for finding in findings:
        ours = finding.setting_path in PLACES
        seen.setdefault((finding.code, finding.setting_path) if ours else id(finding), finding)
    return list(seen.values())
