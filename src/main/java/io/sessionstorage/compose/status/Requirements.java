package io.sessionstorage.compose.status;

import io.sessionstorage.api.IssuerRef;
import io.sessionstorage.compose.plan.Observation;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Selector;
import io.sessionstorage.compose.plan.Tls;
import io.sessionstorage.compose.plan.Volume;
import java.util.Map;
import java.util.TreeMap;

/** What has to be read beside the composed resources, to know how a store is. */
public final class Requirements {
  private Requirements() {}

  /** Always the complete set. */
  public static Map<String, Selector> of(Plan plan) {
    Map<String, Selector> requirements = new TreeMap<>();
    requirements.put(
        Diagnosis.PODS,
        new Selector("v1", "Pod", plan.instance().namespace(), "", plan.instance().selector()));
    if (plan.replicated()) {
      requirements.put(
          Observation.PODS,
          new Selector(
              "v1", "Pod", plan.instance().namespace(), "", plan.instance().observerSelector()));
      requirements.put(
          Diagnosis.PROXIES,
          new Selector(
              "v1", "Pod", plan.instance().namespace(), "", plan.instance().proxySelector()));
    }
    if (plan.tls() instanceof Tls.Issued issued) {
      requirements.put(
          Tls.Issued.KIND,
          new Selector(
              "apiextensions.k8s.io/v1",
              "CustomResourceDefinition",
              "",
              "certificates." + IssuerRef.CERT_MANAGER,
              Map.of()));
      requirements.put(
          Tls.Issued.SECRET,
          new Selector("v1", "Secret", plan.instance().namespace(), issued.secret(), Map.of()));
    }
    if (plan.volume() != null && plan.volume().className() != null) {
      requirements.put(
          Volume.STORAGE_CLASS,
          new Selector(
              "storage.k8s.io/v1", "StorageClass", "", plan.volume().className(), Map.of()));
    }
    return requirements;
  }
}
