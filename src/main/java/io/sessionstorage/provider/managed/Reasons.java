package io.sessionstorage.provider.managed;

/** The reasons of events, as crossplane-runtime names them. */
final class Reasons {
  static final String CANNOT_CONNECT = "CannotConnectToProvider";
  static final String CANNOT_INITIALIZE = "CannotInitializeManagedResource";
  static final String CANNOT_OBSERVE = "CannotObserveExternalResource";
  static final String CANNOT_CREATE = "CannotCreateExternalResource";
  static final String CANNOT_DELETE = "CannotDeleteExternalResource";
  static final String CANNOT_PUBLISH = "CannotPublishConnectionDetails";
  static final String CANNOT_UPDATE = "CannotUpdateExternalResource";
  static final String CANNOT_UPDATE_MANAGED = "CannotUpdateManagedResource";
  static final String INVALID_POLICY = "CannotUseInvalidManagementPolicy";

  static final String DELETED = "DeletedExternalResource";
  static final String CREATED = "CreatedExternalResource";
  static final String UPDATED = "UpdatedExternalResource";
  static final String PENDING = "PendingExternalResource";

  static final String PAUSED = "ReconciliationPaused";
  static final String REQUEST_HANDLED = "ReconcileRequestHandled";

  private Reasons() {}
}
