"""Forms of the registry; every choice of another record comes from what the user may see."""

from organizations.forms.areas import NewTownshipForm, NewUnitForm, TownshipNameForm, UnitNameForm
from organizations.forms.codes import CodeField, NameField, plain_code
from organizations.forms.coverage import CoverForm, LinkForm, LinkTransferForm
from organizations.forms.days import DateInput, DayForm, ReasonForm
from organizations.forms.imports import UndoForm, UploadForm
from organizations.forms.instructor import (
    AssignInstructorForm,
    AssignOrganizationsForm,
    CancelAssignmentForm,
    EndAssignmentForm,
    InstructorForm,
    RetireForm,
    TransferForm,
)
from organizations.forms.opened import rebased, tells_how_it_was_opened
from organizations.forms.party_organization import (
    ConvertForm,
    DissolveForm,
    ElectionForm,
    ExtensionForm,
    FoundForm,
    PartyOrganizationForm,
    UpgradeForm,
)
from organizations.forms.social_organization import (
    BodyForm,
    CharterForm,
    GradeForm,
    HandOverForm,
    InspectionForm,
    MergeForm,
    MoveForm,
    RegisterForm,
    RenameForm,
    SocialOrganizationForm,
    UnitForm,
)

__all__ = [
    "AssignInstructorForm",
    "AssignOrganizationsForm",
    "BodyForm",
    "CancelAssignmentForm",
    "CharterForm",
    "CodeField",
    "ConvertForm",
    "CoverForm",
    "DateInput",
    "DayForm",
    "DissolveForm",
    "ElectionForm",
    "EndAssignmentForm",
    "ExtensionForm",
    "FoundForm",
    "GradeForm",
    "HandOverForm",
    "InspectionForm",
    "InstructorForm",
    "LinkForm",
    "LinkTransferForm",
    "MergeForm",
    "MoveForm",
    "NameField",
    "NewTownshipForm",
    "NewUnitForm",
    "PartyOrganizationForm",
    "ReasonForm",
    "RegisterForm",
    "RenameForm",
    "RetireForm",
    "SocialOrganizationForm",
    "TownshipNameForm",
    "TransferForm",
    "UndoForm",
    "UnitForm",
    "UnitNameForm",
    "UpgradeForm",
    "UploadForm",
    "plain_code",
    "rebased",
    "tells_how_it_was_opened",
]
