"""The administrators' pages of accounts: proposed by one, decided by another."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require, scope_names
from accounts.actions import proposals
from accounts.forms import DecisionForm, ProposalForm, refuse
from accounts.models import AccountProposal, User
from accounts.rules import ProposalKind, ProposalState, Right, scope_of

PAGE_SIZE = 50


@require_GET
def account_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_ACCOUNTS)
    text = request.GET.get("q", "").replace("\x00", "").strip()
    users = User.objects.visible_to(request.user)
    if text:
        users = users.filter(username__icontains=text) | users.filter(display_name__icontains=text)
    page = Paginator(users, PAGE_SIZE).get_page(request.GET.get("page"))
    names = scope_names([row.scope for row in page])
    rows = [(row, names[row.scope]) for row in page]
    return render(request, "accounts/account_list.html", {"page": page, "rows": rows, "q": text})


@require_GET
def proposal_list(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.VIEW_ACCOUNTS)
    rows = AccountProposal.objects.visible_to(request.user).select_related(
        "proposed_by", "decided_by", "seen_by"
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/proposal_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def proposal_create(request: HttpRequest) -> HttpResponse:
    require(request.user, Right.PROPOSE_ACCOUNTS)
    start = {"username": request.GET.get("username", ""), "kind": request.GET.get("kind", "")}
    form = ProposalForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = proposals.propose(proposal=form.save(commit=False), by=request.user)
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "已提交,等待安全管理员审批。")
            return redirect("accounts:proposal-page", pk=proposal.pk)
    return render(request, "accounts/proposal_create.html", {"form": form})


@require_GET
def proposal_page(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_ACCOUNTS)
    rows = AccountProposal.objects.visible_to(request.user)
    proposal = get_object_or_404(rows, pk=pk)
    user = request.user
    approved = proposal.state == ProposalState.APPROVED
    waits = proposal.state == ProposalState.PENDING
    subject = User.objects.visible_to(user).filter(username=proposal.username).first()
    asked = scope_of(proposal.role, proposal.scope_code)
    names = scope_names([asked, subject.scope] if subject else [asked])
    context = {
        "proposal": proposal,
        "asked_scope": names[asked],
        "subject": subject,
        "subject_scope": names[subject.scope] if subject else "",
        "can_decide": waits and user.may(Right.DECIDE_ACCOUNTS) and proposal.proposed_by != user,
        "can_draw": approved
        and user.may(Right.PROPOSE_ACCOUNTS)
        and proposal.kind in (ProposalKind.CREATE, ProposalKind.RESET_PASSWORD)
        and proposal.password_drawn_at is None,
        "can_note": not waits and user.may(Right.VIEW_AUDIT) and proposal.seen_at is None,
        "form": DecisionForm(),
        "password": request.session.pop("drawn_password", None),
    }
    return render(request, "accounts/proposal_page.html", context)


@require_POST
def proposal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.DECIDE_ACCOUNTS)
    proposal = get_object_or_404(AccountProposal.objects.visible_to(request.user), pk=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            proposals.decide(
                proposal=proposal,
                approve=form.cleaned_data["verdict"] == "approve",
                decision=form.cleaned_data["decision"],
                by=request.user,
            )
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
    else:
        messages.error(request, "请选择批准或退回。")
    return redirect("accounts:proposal-page", pk=pk)


@require_POST
def proposal_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the one-time password; shown on the next page, once."""
    require(request.user, Right.PROPOSE_ACCOUNTS)
    proposal = get_object_or_404(AccountProposal.objects.visible_to(request.user), pk=pk)
    if proposal.proposed_by != request.user:
        raise PermissionDenied("只有提出人可以领取密码。")
    try:
        text = proposals.hand_out_password(proposal=proposal, by=request.user)
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        request.session["drawn_password"] = text
    return redirect("accounts:proposal-page", pk=pk)


@require_POST
def proposal_note(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.VIEW_AUDIT)
    proposal = get_object_or_404(AccountProposal.objects.visible_to(request.user), pk=pk)
    proposals.note_seen(proposal=proposal, by=request.user)
    return redirect("accounts:proposal-page", pk=pk)
