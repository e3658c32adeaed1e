package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Tls;
import java.util.Map;
import java.util.TreeMap;

/** Every object of a store. */
public final class Resources {
  private Resources() {}

  /** The complete set: what is missing from it, Crossplane deletes. */
  public static Map<String, HasMetadata> of(Plan plan) {
    Map<String, HasMetadata> objects = new TreeMap<>();
    objects.put(Keys.ACL, Secrets.acl(plan));
    objects.put(Keys.AUTH, Secrets.auth(plan));
    objects.put(Keys.CONFIG, ConfigMaps.config(plan));
    objects.put(Keys.CONNECTION, Secrets.connection(plan));
    objects.put(Keys.HEADLESS, Services.headless(plan));
    objects.put(Keys.NETWORK_POLICY, NetworkPolicies.store(plan));
    objects.put(Keys.SCRIPTS, ConfigMaps.scripts(plan));
    objects.put(Keys.SERVICE, Services.client(plan));
    objects.put(Keys.SERVICE_ACCOUNT, ServiceAccounts.store(plan));
    objects.put(Keys.STATEFUL_SET, StatefulSets.of(plan));
    if (plan.volume() != null) {
      for (int i = 0; i < plan.nodes(); i++) {
        objects.put(Keys.data(i), DataClaims.of(plan, plan.volume(), i));
      }
    }
    if (plan.proxy() != null) {
      objects.put(Keys.OBSERVER, Observers.deployment(plan));
      objects.put(Keys.OBSERVER_ACCOUNT, ServiceAccounts.observer(plan));
      objects.put(Keys.OBSERVER_POLICY, NetworkPolicies.observer(plan));
      objects.put(Keys.PROXY, Deployments.proxy(plan, plan.proxy()));
      objects.put(Keys.PROXY_ACCOUNT, ServiceAccounts.proxy(plan));
      objects.put(Keys.PROXY_CONFIG, Secrets.proxy(plan, plan.proxy()));
      objects.put(Keys.PROXY_POLICY, NetworkPolicies.proxy(plan));
      objects.put(Keys.SENTINEL, Services.sentinel(plan));
    }
    if (plan.proxy() != null && plan.observation().now() != null) {
      objects.put(Keys.BUDGET, Budgets.store(plan));
      objects.put(Keys.PROXY_BUDGET, Budgets.proxy(plan));
    }
    if (plan.proves()) {
      Job job = Jobs.rotation(plan);
      objects.put(Keys.rotation(job.getMetadata().getName()), job);
      objects.put(Keys.ROTATION_ACCOUNT, ServiceAccounts.rotation(plan));
      objects.put(Keys.ROTATION_POLICY, NetworkPolicies.rotation(plan));
      if (plan.proxy() != null) {
        objects.put(Keys.ROTATION_PROXIES, Services.proxies(plan));
      }
    }
    if (plan.certificates() != null) {
      objects.put(Keys.TLS, Secrets.tls(plan, plan.certificates()));
    }
    if (plan.tls() instanceof Tls.Issued issued && issued.supported()) {
      objects.put(Keys.CERTIFICATE, IssuedCertificates.of(plan, issued));
    }
    if (plan.deletionProtection()) {
      objects.put(Keys.DELETION_PROTECTION, DeletionProtections.of(plan));
    }
    objects.putAll(Backups.of(plan));
    return objects;
  }
}
