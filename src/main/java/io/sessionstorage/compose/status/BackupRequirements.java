package io.sessionstorage.compose.status;

import io.sessionstorage.api.Destination.Pvc;
import io.sessionstorage.api.Destination.S3;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.compose.plan.BackupPlan;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Repository;
import io.sessionstorage.compose.plan.Restoration;
import io.sessionstorage.compose.plan.Runs;
import io.sessionstorage.compose.plan.Selector;
import io.sessionstorage.compose.plan.Vault;
import java.util.Map;
import java.util.TreeMap;

/** What has to be read for backups and restores. */
final class BackupRequirements {
  private BackupRequirements() {}

  static Map<String, Selector> of(Plan plan) {
    Map<String, Selector> requirements = new TreeMap<>();
    String namespace = plan.instance().namespace();
    BackupPlan backup = plan.backup();
    Vault vault = plan.vault();
    Restoration restoration = plan.restoration();
    boolean restored = restoration == null || restoration.completed() != null;
    if (backup != null || !restored) {
      Map<String, String> labels = plan.instance().backupSelector();
      requirements.put(Runs.JOBS, new Selector("batch/v1", "Job", namespace, "", labels));
      requirements.put(Runs.PODS, new Selector("v1", "Pod", namespace, "", labels));
    }
    if (backup != null && vault != null) {
      String name = plan.instance().backup();
      requirements.put(Vault.SECRET, named("Secret", namespace, name));
      if (backup.spec().keep()) {
        requirements.put(Vault.NAMESPACE, named("Namespace", "", namespace));
      }
      if (backup.spec().destination() instanceof Pvc) {
        requirements.put(Vault.VOLUME, named("PersistentVolumeClaim", namespace, name));
        if (vault.volume() != null && vault.volume().className() != null) {
          requirements.put(
              Vault.STORAGE_CLASS,
              new Selector(
                  "storage.k8s.io/v1", "StorageClass", "", vault.volume().className(), Map.of()));
        }
      }
      S3 s3 = backup.repository().s3();
      if (s3 != null) {
        requirements.put(
            BackupPlan.CREDENTIALS, named("Secret", namespace, s3.credentialsSecret()));
        if (s3.caSecret() != null) {
          requirements.put(BackupPlan.AUTHORITY, named("Secret", namespace, s3.caSecret()));
        }
      }
    }
    if (restoration != null && !restored) {
      requirements.putAll(of(restoration, namespace));
    }
    return requirements;
  }

  private static Map<String, Selector> of(Restoration restoration, String namespace) {
    Map<String, Selector> requirements = new TreeMap<>();
    if (!restoration.source().isEmpty()) {
      requirements.put(
          Restoration.SOURCE,
          new Selector(
              SessionStorage.API_VERSION,
              SessionStorage.KIND,
              namespace,
              restoration.source().substring(namespace.length() + 1),
              Map.of()));
    }
    Repository repository = restoration.repository();
    if (repository != null) {
      requirements.put(
          Restoration.PASSWORD, named("Secret", namespace, repository.passwordSecret()));
      if (repository.claim() != null) {
        requirements.put(
            Restoration.VOLUME, named("PersistentVolumeClaim", namespace, repository.claim()));
      }
      if (repository.s3() != null) {
        requirements.put(
            Restoration.CREDENTIALS,
            named("Secret", namespace, repository.s3().credentialsSecret()));
      }
    }
    return requirements;
  }

  private static Selector named(String kind, String namespace, String name) {
    return new Selector("v1", kind, namespace, name, Map.of());
  }
}
