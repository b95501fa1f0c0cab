// Made by scripts/clerk-types.mjs from the types of @clerk/backend, which is © Clerk, Inc., under the MIT license.

declare global {
  interface UserPublicMetadata {}
  interface UserPrivateMetadata {}
  interface UserUnsafeMetadata {}
  interface OrganizationPublicMetadata {}
  interface OrganizationPrivateMetadata {}
  interface ClerkAuthorization {}
  interface OrganizationMembershipPublicMetadata {}
  interface OrganizationMembershipPrivateMetadata {}
  interface OrganizationInvitationPublicMetadata {}
  interface OrganizationInvitationPrivateMetadata {}
}

export type VerificationStatus = 'unverified' | 'verified' | 'transferable' | 'failed' | 'expired';

export interface Base {
  permission: string;
  role: string;
}
export interface Placeholder {
  permission: unknown;
  role: unknown;
}
/**
 * `OrganizationCustomRoleKey` is a type that represents the user's Role in an Organization. It will be string unless the developer has provided their own types through [`ClerkAuthorization`](https://clerk.com/docs/guides/development/override-clerk-types-interfaces#example-custom-roles-and-permissions).
 *
 * Clerk provides the [default Roles](https://clerk.com/docs/guides/organizations/control-access/roles-and-permissions#default-roles) `org:admin` and `org:member`. However, you can create [Custom Roles](https://clerk.com/docs/guides/organizations/control-access/roles-and-permissions#custom-roles) as well.
 *
 * @interface
 */
export type OrganizationCustomRoleKey = ClerkAuthorization extends Placeholder ? ClerkAuthorization['role'] extends string ? ClerkAuthorization['role'] : Base['role'] : Base['role'];

/**
 * Global appearance type registry that can be augmented by packages that depend on `@clerk/ui`.
 * Framework packages (like `@clerk/react`, `@clerk/nextjs`) should augment this interface
 * to provide proper appearance types without creating circular dependencies.
 */

/** @inline */
export type OrganizationInvitationStatus = 'pending' | 'accepted' | 'revoked' | 'expired';
/** @inline */
export type OrganizationDomainVerificationStatus = 'unverified' | 'verified';
/** @inline */
export type OrganizationDomainVerificationStrategy = 'email_code';
/** @inline */
export type OrganizationEnrollmentMode = 'manual_invitation' | 'automatic_invitation' | 'automatic_suggestion';
/** @inline */
export type OrganizationMembershipRole = OrganizationCustomRoleKey;
/** @inline */
export type InvitationStatus = 'pending' | 'accepted' | 'revoked' | 'expired';
/** @inline */
export type WaitlistEntryStatus = 'pending' | 'invited' | 'completed' | 'rejected';

declare const ObjectType: {
    readonly AccountlessApplication: "accountless_application";
    readonly ActorToken: "actor_token";
    readonly AgentTask: "agent_task";
    readonly AllowlistIdentifier: "allowlist_identifier";
    readonly ApiKey: "api_key";
    readonly BlocklistIdentifier: "blocklist_identifier";
    readonly Client: "client";
    readonly Cookies: "cookies";
    readonly Domain: "domain";
    readonly Email: "email";
    readonly EnterpriseAccount: "enterprise_account";
    readonly EnterpriseConnection: "enterprise_connection";
    readonly EmailAddress: "email_address";
    readonly ExternalAccount: "external_account";
    readonly FacebookAccount: "facebook_account";
    readonly GoogleAccount: "google_account";
    readonly Instance: "instance";
    readonly InstanceRestrictions: "instance_restrictions";
    readonly InstanceSettings: "instance_settings";
    readonly Invitation: "invitation";
    readonly Machine: "machine";
    readonly MachineScope: "machine_scope";
    readonly MachineSecretKey: "machine_secret_key";
    readonly M2MToken: "machine_to_machine_token";
    readonly JwtTemplate: "jwt_template";
    readonly OauthAccessToken: "oauth_access_token";
    readonly IdpOAuthAccessToken: "clerk_idp_oauth_access_token";
    readonly OAuthApplication: "oauth_application";
    readonly Organization: "organization";
    readonly OrganizationDomain: "organization_domain";
    readonly OrganizationInvitation: "organization_invitation";
    readonly OrganizationMembership: "organization_membership";
    readonly OrganizationSettings: "organization_settings";
    readonly PhoneNumber: "phone_number";
    readonly ProxyCheck: "proxy_check";
    readonly RedirectUrl: "redirect_url";
    readonly SamlConnection: "saml_connection";
    readonly Session: "session";
    readonly SignInAttempt: "sign_in_attempt";
    readonly SignInToken: "sign_in_token";
    readonly SignUpAttempt: "sign_up_attempt";
    readonly SmsMessage: "sms_message";
    readonly User: "user";
    readonly WaitlistEntry: "waitlist_entry";
    readonly Web3Wallet: "web3_wallet";
    readonly Token: "token";
    readonly TotalCount: "total_count";
    readonly TestingToken: "testing_token";
    readonly Role: "role";
    readonly RoleSet: "role_set";
    readonly RoleSetItem: "role_set_item";
    readonly RoleSetMigration: "role_set_migration";
    readonly Permission: "permission";
    readonly BillingPayer: "commerce_payer";
    readonly BillingPaymentAttempt: "commerce_payment_attempt";
    readonly BillingSubscription: "commerce_subscription";
    readonly BillingSubscriptionItem: "commerce_subscription_item";
    readonly BillingPlan: "commerce_plan";
    readonly Feature: "feature";
};
export type ObjectType = (typeof ObjectType)[keyof typeof ObjectType];
export interface ClerkResourceJSON {
    /**
     * The type of the resource.
     */
    object: ObjectType;
    /**
     * The unique identifier for the resource.
     */
    id: string;
}
export interface EmailJSON extends ClerkResourceJSON {
    object: typeof ObjectType.Email;
    slug?: string | null;
    from_email_name: string;
    to_email_address?: string;
    email_address_id: string | null;
    user_id?: string | null;
    subject?: string;
    body?: string;
    body_plain?: string | null;
    status?: string;
    data?: Record<string, any> | null;
    delivered_by_clerk: boolean;
    suppression_reason?: string | null;
}
export interface EmailAddressJSON extends ClerkResourceJSON {
    object: typeof ObjectType.EmailAddress;
    email_address: string;
    verification: VerificationJSON | null;
    linked_to: IdentificationLinkJSON[];
}
export interface EnterpriseAccountConnectionJSON extends ClerkResourceJSON {
    active: boolean;
    allow_idp_initiated: boolean;
    allow_subdomains: boolean;
    disable_additional_identifications: boolean;
    domain: string;
    logo_public_url: string | null;
    name: string;
    protocol: string;
    provider: string;
    sync_user_attributes: boolean;
    created_at: number;
    updated_at: number;
}
export interface EnterpriseAccountJSON extends ClerkResourceJSON {
    object: typeof ObjectType.EnterpriseAccount;
    active: boolean;
    email_address: string;
    enterprise_connection: EnterpriseAccountConnectionJSON | null;
    first_name: string | null;
    last_name: string | null;
    protocol: string;
    provider: string;
    provider_user_id: string | null;
    public_metadata: Record<string, unknown>;
    verification: VerificationJSON | null;
    last_authenticated_at: number | null;
    enterprise_connection_id: string | null;
}
export interface ExternalAccountJSON extends ClerkResourceJSON {
    object: typeof ObjectType.ExternalAccount;
    /**
     * The `eac_`-prefixed external account id. Only present for Google and Facebook accounts.
     */
    external_account_id?: string;
    provider: string;
    identification_id: string;
    provider_user_id: string;
    approved_scopes: string;
    email_address: string;
    first_name: string;
    last_name: string;
    image_url?: string;
    username: string | null;
    phone_number: string | null;
    public_metadata?: Record<string, unknown> | null;
    label: string | null;
    verification: VerificationJSON | null;
}
export interface IdentificationLinkJSON extends ClerkResourceJSON {
    type: string;
}
export interface InvitationJSON extends ClerkResourceJSON {
    object: typeof ObjectType.Invitation;
    email_address: string;
    public_metadata: Record<string, unknown> | null;
    revoked?: boolean;
    status: InvitationStatus;
    url?: string;
    created_at: number;
    updated_at: number;
}
export interface OrganizationJSON extends ClerkResourceJSON {
    object: typeof ObjectType.Organization;
    name: string;
    slug: string;
    image_url?: string;
    has_image: boolean;
    members_count?: number;
    pending_invitations_count?: number;
    max_allowed_memberships: number;
    admin_delete_enabled: boolean;
    public_metadata: (OrganizationPublicMetadata & Record<string, unknown>) | null;
    private_metadata?: (OrganizationPrivateMetadata & Record<string, unknown>);
    created_by?: string;
    created_at: number;
    updated_at: number;
    last_active_at?: number;
    missing_member_with_elevated_permissions?: boolean;
    role_set_key?: string | null;
}
export interface OrganizationDomainJSON extends ClerkResourceJSON {
    object: typeof ObjectType.OrganizationDomain;
    id: string;
    name: string;
    organization_id: string;
    enrollment_mode: OrganizationEnrollmentMode;
    verification: OrganizationDomainVerificationJSON | null;
    affiliation_email_address: string | null;
    created_at: number;
    updated_at: number;
    total_pending_invitations: number;
    total_pending_suggestions: number;
}
export interface OrganizationDomainVerificationJSON {
    status: OrganizationDomainVerificationStatus;
    strategy: OrganizationDomainVerificationStrategy;
    attempts: number;
    expires_at: number;
}
export interface OrganizationInvitationJSON extends ClerkResourceJSON {
    email_address: string;
    role: OrganizationMembershipRole;
    role_name: string;
    organization_id: string;
    public_organization_data?: PublicOrganizationDataJSON | null;
    status?: OrganizationInvitationStatus;
    public_metadata: (OrganizationInvitationPublicMetadata & Record<string, unknown>);
    private_metadata: (OrganizationInvitationPrivateMetadata & Record<string, unknown>);
    url: string | null;
    created_at: number;
    updated_at: number;
    expires_at: number;
}
export interface OrganizationInvitationAcceptedJSON extends OrganizationInvitationJSON {
    status: 'accepted';
    user_id: string;
}
/** @inline */
export interface PublicOrganizationDataJSON extends ClerkResourceJSON {
    /** The name of the Organization. */
    name: string;
    /** The slug of the Organization. */
    slug: string;
    /** Holds the default Organization profile image. Compatible with Clerk's [Image Optimization](https://clerk.com/docs/guides/development/image-optimization). */
    image_url?: string;
    /** Whether the Organization has a profile image. */
    has_image: boolean;
}
export interface OrganizationMembershipJSON extends ClerkResourceJSON {
    object: typeof ObjectType.OrganizationMembership;
    public_metadata: (OrganizationMembershipPublicMetadata & Record<string, unknown>);
    private_metadata?: (OrganizationMembershipPrivateMetadata & Record<string, unknown>);
    role: OrganizationMembershipRole;
    permissions: string[];
    created_at: number;
    updated_at: number;
    organization: OrganizationJSON;
    public_user_data: OrganizationMembershipPublicUserDataJSON;
}
export interface OrganizationMembershipPublicUserDataJSON {
    identifier: string;
    first_name: string | null;
    last_name: string | null;
    image_url: string;
    has_image: boolean;
    user_id: string;
}
export interface PhoneNumberJSON extends ClerkResourceJSON {
    object: typeof ObjectType.PhoneNumber;
    phone_number: string;
    reserved_for_second_factor: boolean;
    default_second_factor: boolean;
    reserved: boolean;
    verification: VerificationJSON | null;
    linked_to: IdentificationLinkJSON[];
    backup_codes: string[];
}
export interface SessionActivityJSON extends ClerkResourceJSON {
    id: string;
    device_type?: string;
    is_mobile: boolean;
    browser_name?: string;
    browser_version?: string;
    ip_address?: string;
    city?: string;
    country?: string;
}
export interface SessionJSON extends ClerkResourceJSON {
    object: typeof ObjectType.Session;
    client_id: string;
    user_id: string;
    status: string;
    last_active_organization_id?: string;
    actor: Record<string, unknown> | null;
    latest_activity?: SessionActivityJSON;
    last_active_at: number;
    expire_at: number;
    abandon_at: number;
    created_at: number;
    updated_at: number;
}
/**
 * Session webhook event payload extending `SessionJSON` interface with associated `User` information.
 * Used for `session.created`, `session.ended`, `session.removed`, and `session.revoked` webhook events.
 */
export interface SessionWebhookEventJSON extends SessionJSON {
    /**
     * The user associated with the session, or null if not available.
     */
    user: UserJSON | null;
}
export interface SMSMessageJSON extends ClerkResourceJSON {
    object: typeof ObjectType.SmsMessage;
    from_phone_number: string;
    to_phone_number: string;
    phone_number_id: string | null;
    user_id?: string;
    message: string;
    status: string;
    slug?: string | null;
    data?: Record<string, any> | null;
    delivered_by_clerk: boolean;
}
export interface UserJSON extends ClerkResourceJSON {
    object: typeof ObjectType.User;
    username: string | null;
    first_name: string | null;
    last_name: string | null;
    image_url: string;
    has_image: boolean;
    primary_email_address_id: string | null;
    primary_phone_number_id: string | null;
    primary_web3_wallet_id: string | null;
    password_enabled: boolean;
    two_factor_enabled: boolean;
    totp_enabled: boolean;
    backup_code_enabled: boolean;
    email_addresses: EmailAddressJSON[];
    phone_numbers: PhoneNumberJSON[];
    web3_wallets: Web3WalletJSON[];
    organization_memberships: OrganizationMembershipJSON[] | null;
    external_accounts: ExternalAccountJSON[];
    enterprise_accounts: EnterpriseAccountJSON[];
    password_last_updated_at: number | null;
    public_metadata: (UserPublicMetadata & Record<string, unknown>);
    private_metadata: (UserPrivateMetadata & Record<string, unknown>);
    unsafe_metadata: (UserUnsafeMetadata & Record<string, unknown>);
    external_id: string | null;
    last_sign_in_at: number | null;
    banned: boolean;
    locked: boolean;
    lockout_expires_in_seconds: number | null;
    verification_attempts_remaining: number | null;
    created_at: number;
    updated_at: number;
    last_active_at: number | null;
    create_organization_enabled: boolean;
    create_organizations_limit: number | null;
    delete_self_enabled: boolean;
    legal_accepted_at: number | null;
    /**
     * The locale of the user in BCP-47 format.
     */
    locale: string | null;
}
export interface VerificationJSON extends ClerkResourceJSON {
    status: VerificationStatus;
    strategy: string;
    attempts: number | null;
    expire_at: number | null;
    verified_at_client?: string;
    external_verification_redirect_url?: string | null;
    nonce?: string | null;
    message?: string | null;
}
export interface WaitlistEntryJSON extends ClerkResourceJSON {
    object: typeof ObjectType.WaitlistEntry;
    id: string;
    status: WaitlistEntryStatus;
    email_address: string;
    invitation: InvitationJSON | null;
    is_locked: boolean;
    created_at: number;
    updated_at: number;
}
export interface Web3WalletJSON extends ClerkResourceJSON {
    object: typeof ObjectType.Web3Wallet;
    web3_wallet: string;
    verification: VerificationJSON | null;
}
export interface DeletedObjectJSON {
    object: string;
    id?: string;
    slug?: string;
    deleted: boolean;
}
/**
 * User deletion webhook event payload that extends `DeletedObjectJSON`.
 * Includes the `external_id` field to identify the deleted user in external systems.
 * Used for `user.deleted` webhook events.
 */
export interface UserDeletedJSON extends DeletedObjectJSON {
    /**
     * The external identifier associated with the deleted user, if one was set.
     */
    external_id?: string;
}
export interface RoleJSON extends ClerkResourceJSON {
    object: typeof ObjectType.Role;
    key: string;
    name: string;
    description: string | null;
    permissions: PermissionJSON[];
    is_creator_eligible: boolean;
    created_at: number;
    updated_at: number;
}
export interface PermissionJSON extends ClerkResourceJSON {
    object: typeof ObjectType.Permission;
    key: string;
    name: string;
    description: string;
    created_at: number;
    updated_at: number;
}
export interface BillingPayerJSON extends ClerkResourceJSON {
    object: typeof ObjectType.BillingPayer;
    instance_id: string;
    user_id?: string;
    first_name?: string;
    last_name?: string;
    email: string;
    organization_id?: string;
    organization_name?: string;
    image_url: string;
    created_at: number;
    updated_at: number;
}
export interface BillingPayeeJSON {
    id: string;
    gateway_type: string;
    gateway_external_id: string;
    gateway_status: 'active' | 'pending' | 'restricted' | 'disconnected';
}
export interface BillingMoneyAmountJSON {
    amount: number;
    amount_formatted: string;
    currency: string;
    currency_symbol: string;
}
export interface BillingTotalsJSON {
    subtotal: BillingMoneyAmountJSON;
    tax_total: BillingMoneyAmountJSON;
    grand_total: BillingMoneyAmountJSON;
}
/**
 * The possible lifecycle states of a Backend `BillingSubscriptionItem`.
 *
 * @experimental This is an experimental API for the Billing feature that is available under a public beta, and the API is subject to change. It is advised to [pin](https://clerk.com/docs/pinning) the SDK version and the clerk-js version to avoid breaking changes.
 */
export type BillingSubscriptionItemStatus = 
/** The Subscription Item is in the abandoned state. */
'abandoned'
/** The Subscription Item is active. */
 | 'active'
/** The Subscription Item is canceled. */
 | 'canceled'
/** The Subscription Item has ended. */
 | 'ended'
/** The Subscription Item has expired. */
 | 'expired'
/** The Subscription Item is incomplete. */
 | 'incomplete'
/** The Subscription Item has a past-due payment. */
 | 'past_due'
/** The Subscription Item is upcoming. */
 | 'upcoming';
/**
 * Webhooks specific interface for BillingSubscriptionItem.
 */
export interface BillingSubscriptionItemWebhookEventJSON extends ClerkResourceJSON {
    object: typeof ObjectType.BillingSubscriptionItem;
    status: BillingSubscriptionItemStatus;
    credit: {
        amount: BillingMoneyAmountJSON;
        cycle_days_remaining: number;
        cycle_days_total: number;
        cycle_remaining_percent: number;
    };
    proration_date: string;
    plan_period: 'month' | 'annual';
    period_start: number;
    period_end: number | null;
    canceled_at?: number;
    past_due_at?: number;
    lifetime_paid: number;
    next_payment_amount: number;
    next_payment_date: number;
    amount: BillingMoneyAmountJSON;
    plan?: {
        id: string;
        instance_id: string;
        product_id: string;
        name: string;
        slug: string;
        description?: string;
        is_default: boolean;
        is_recurring: boolean;
        amount: number;
        period: 'month' | 'annual';
        interval: number;
        has_base_fee: boolean;
        currency: string;
        annual_monthly_amount: number;
        publicly_visible: boolean;
    } | null;
    plan_id?: string | null;
    payer?: BillingPayerJSON;
}
/**
 * Webhooks specific interface for BillingPaymentAttempt.
 */
export interface BillingPaymentAttemptWebhookEventJSON extends ClerkResourceJSON {
    object: typeof ObjectType.BillingPaymentAttempt;
    instance_id: string;
    payment_id: string;
    statement_id: string;
    gateway_external_id: string;
    status: 'pending' | 'paid' | 'failed';
    created_at: number;
    updated_at: number;
    paid_at?: number;
    failed_at?: number;
    failed_reason?: {
        code: string;
        decline_code: string;
    };
    billing_date: number;
    charge_type: 'checkout' | 'recurring';
    payee: BillingPayeeJSON;
    payer: BillingPayerJSON;
    totals: BillingTotalsJSON;
    payment_source: {
        id: string;
        gateway: string;
        gateway_external_id: string;
        gateway_external_account_id?: string;
        payment_method: string;
        status: 'active' | 'disconnected';
        card_type?: string;
        last4?: string;
    };
    subscription_items: BillingSubscriptionItemWebhookEventJSON[];
}
/**
 * Webhooks specific interface for BillingSubscription.
 */
export interface BillingSubscriptionWebhookEventJSON extends ClerkResourceJSON {
    object: typeof ObjectType.BillingSubscription;
    status: 'abandoned' | 'active' | 'canceled' | 'ended' | 'expired' | 'incomplete' | 'past_due' | 'upcoming';
    active_at?: number;
    canceled_at?: number;
    created_at: number;
    ended_at?: number;
    past_due_at?: number;
    updated_at: number;
    latest_payment_id: string;
    payer_id: string;
    payer: BillingPayerJSON;
    payment_source_id: string;
    items: BillingSubscriptionItemWebhookEventJSON[];
}

export type WebhookEventAttributes = {
    http_request: {
        client_ip: string;
        user_agent: string;
    };
};
export type Webhook<EvtType, Data> = {
    type: EvtType;
    object: 'event';
    data: Data;
    event_attributes: WebhookEventAttributes;
};
export type UserWebhookEvent = Webhook<'user.created' | 'user.updated', UserJSON> | Webhook<'user.deleted', UserDeletedJSON>;
export type EmailWebhookEvent = Webhook<'email.created', EmailJSON>;
export type SMSWebhookEvent = Webhook<'sms.created', SMSMessageJSON>;
export type SessionWebhookEvent = Webhook<'session.created' | 'session.ended' | 'session.removed' | 'session.revoked', SessionWebhookEventJSON>;
export type OrganizationWebhookEvent = Webhook<'organization.created' | 'organization.updated', OrganizationJSON> | Webhook<'organization.deleted', DeletedObjectJSON>;
export type OrganizationDomainWebhookEvent = Webhook<'organizationDomain.created' | 'organizationDomain.updated', OrganizationDomainJSON> | Webhook<'organizationDomain.deleted', DeletedObjectJSON>;
export type OrganizationMembershipWebhookEvent = Webhook<'organizationMembership.created' | 'organizationMembership.deleted' | 'organizationMembership.updated', OrganizationMembershipJSON>;
export type OrganizationInvitationWebhookEvent = Webhook<'organizationInvitation.created' | 'organizationInvitation.revoked', OrganizationInvitationJSON>;
export type OrganizationInvitationAcceptedWebhookEvent = Webhook<'organizationInvitation.accepted', OrganizationInvitationAcceptedJSON>;
export type RoleWebhookEvent = Webhook<'role.created' | 'role.updated' | 'role.deleted', RoleJSON>;
export type PermissionWebhookEvent = Webhook<'permission.created' | 'permission.updated' | 'permission.deleted', PermissionJSON>;
export type WaitlistEntryWebhookEvent = Webhook<'waitlistEntry.created' | 'waitlistEntry.updated', WaitlistEntryJSON>;
export type BillingPaymentAttemptWebhookEvent = Webhook<'paymentAttempt.created' | 'paymentAttempt.updated', BillingPaymentAttemptWebhookEventJSON>;
export type BillingSubscriptionWebhookEvent = Webhook<'subscription.created' | 'subscription.updated' | 'subscription.active' | 'subscription.pastDue', BillingSubscriptionWebhookEventJSON>;
export type BillingSubscriptionItemWebhookEvent = Webhook<'subscriptionItem.created' | 'subscriptionItem.updated' | 'subscriptionItem.active' | 'subscriptionItem.canceled' | 'subscriptionItem.upcoming' | 'subscriptionItem.ended' | 'subscriptionItem.abandoned' | 'subscriptionItem.incomplete' | 'subscriptionItem.pastDue' | 'subscriptionItem.freeTrialEnding', BillingSubscriptionItemWebhookEventJSON>;
export type WebhookEvent = UserWebhookEvent | SessionWebhookEvent | EmailWebhookEvent | SMSWebhookEvent | OrganizationWebhookEvent | OrganizationDomainWebhookEvent | OrganizationMembershipWebhookEvent | OrganizationInvitationWebhookEvent | OrganizationInvitationAcceptedWebhookEvent | RoleWebhookEvent | PermissionWebhookEvent | WaitlistEntryWebhookEvent | BillingPaymentAttemptWebhookEvent | BillingSubscriptionWebhookEvent | BillingSubscriptionItemWebhookEvent;
