"""Addresses of the pages before somebody is signed in."""

from django.urls import path

from dealers.signin import second_step, views

urlpatterns = [
    path("sign-in/code/", second_step.SecondStepView.as_view(), name="second-step"),
    path("sign-in/set-up/", second_step.SecondStepSetupView.as_view(), name="second-step-setup"),
    path("sign-in/passkey/", views.PasskeyOptionsView.as_view(), name="passkey-options"),
    path("email/<str:token>/", views.NewEmailView.as_view(), name="confirm-email"),
    path("join/<str:token>/", views.JoinView.as_view(), name="join-team"),
    # Unfold's sign-in page shows a link where this name exists.
    path("password/reset/", views.AskResetView.as_view(), name="admin_password_reset"),
    path("password/reset/sent/", views.ResetSentView.as_view(), name="password-reset-sent"),
    path("password/reset/done/", views.ResetDoneView.as_view(), name="password-reset-done"),
    path(
        "password/reset/<str:uidb64>/<str:token>/",
        views.NewPasswordView.as_view(),
        name="password-reset-confirm",
    ),
]
